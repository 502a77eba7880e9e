// Activates with node:http, which sends a body of unknown length in chunks.
import http from 'node:http';

const [url, activationCode, fingerprint] = process.argv.slice(2);
const request = http.request(url, { method: 'POST', headers: { 'Content-Type': 'application/json' } }, (answer) => {
  let text = '';
  answer.on('data', (part) => (text += part));
  answer.on('end', () => console.log(answer.statusCode, JSON.parse(text)));
});
request.write(JSON.stringify({ activationCode, fingerprint }));
request.end();
