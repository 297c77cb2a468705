// Sends the mail that a file describes with nodemailer, each one with its own links, over a pool of connections:
//   node nodemailer.cjs FILE      NODE_PATH says where nodemailer is
const { randomBytes } = require("node:crypto");
const { readFileSync } = require("node:fs");
const nodemailer = require("nodemailer");

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
const pool = nodemailer.createTransport({
  host: "127.0.0.1",
  port: told.port,
  ignoreTLS: true,
  pool: true,
  maxConnections: told.connections,
  maxMessages: Infinity,
  ...(told.key && {
    dkim: { domainName: "example.org", keySelector: "bench", privateKey: readFileSync(told.key, "utf8") },
  }),
});

let next = 0;
async function work() {
  while (next < told.messages) {
    const number = next++;
    const token = randomBytes(32).toString("base64url");
    const unsubscribe = `https://events.example.org/unsubscribe/${token}`;
    const own = (text) => text.replaceAll("/unsubscribe/preview", `/unsubscribe/${token}`)
      .replaceAll("/preferences/preview", `/preferences/${token}`);
    await pool.sendMail({
      from: { name: "Standards Watch", address: "watch@example.org" },
      to: `reader${number}@example.net`,
      envelope: { from: `bounces+${token.slice(0, 26)}@example.org`, to: `reader${number}@example.net` },
      subject: told.subject,
      text: own(told.text),
      html: own(told.html),
      messageId: `<${token}@example.org>`,
      headers: {
        "List-Id": "The week ahead <weekly.events.example.org>",
        "List-Unsubscribe": `<${unsubscribe}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
      },
    });
  }
}

// Twice as many in hand as connections, so that none waits for work.
Promise.all(Array.from({ length: 2 * told.connections }, work)).then(() => pool.close());
