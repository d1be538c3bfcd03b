// Tencent's side of the encryption, by an implementation that is not ours (npm @wecom/crypto).
// In: {step: "seal", token, key, id, message, timestamp, nonce} → {encrypt, signature}
//     {step: "open", token, key, encrypt, timestamp, nonce} → {signature, id, message}
const { decrypt, encrypt, getSignature } = require('@wecom/crypto');

const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const { token, key, timestamp, nonce } = asked;
let told;
if (asked.step === 'seal') {
  const sealed = encrypt(key, asked.message, asked.id);
  told = { encrypt: sealed, signature: getSignature(token, timestamp, nonce, sealed) };
} else {
  const { id, message } = decrypt(key, asked.encrypt);
  told = { id, message, signature: getSignature(token, timestamp, nonce, asked.encrypt) };
}
process.stdout.write(JSON.stringify(told));
