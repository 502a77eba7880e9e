const { SECRET: secret, ID, TIMESTAMP, SIGNATURE, BODY: rawBody } = process.env;
const headers = { 'webhook-id': ID, 'webhook-timestamp': TIMESTAMP, 'webhook-signature': SIGNATURE };
CODE
console.log(message.type);
