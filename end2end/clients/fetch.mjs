// Activates with fetch (undici): once with a string, once with a stream, which is sent in chunks.
const [url, activationCode, fingerprint] = process.argv.slice(2);
const body = JSON.stringify({ activationCode, fingerprint });
const headers = { 'Content-Type': 'application/json' };
await (await fetch(url, { method: 'POST', headers, body })).json();
const stream = new Blob([body]).stream();
const answer = await fetch(url, { method: 'POST', headers, body: stream, duplex: 'half' });
console.log(answer.status, await answer.json());
