// The office that is tested, from its other side: the command line, and the mails that it wrote.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export class Office {
  constructor(program, folder) {
    this.program = program;
    this.folder = folder;
  }

  kalends(...args) {
    return execFileSync(this.program, args, { cwd: this.folder, encoding: "utf8", stdio: "pipe" });
  }

  /** A mail that came back. */
  returned(message) {
    execFileSync(this.program, ["bounce"], { cwd: this.folder, input: message, stdio: ["pipe", "ignore", "ignore"] });
  }

  /** Adds an event; its id. */
  add(title, ...options) {
    return JSON.parse(this.kalends("--json", "event", "add", "meeting", title, ...options)).id;
  }

  editor(email) {
    this.kalends("editor", "add", email, "--role", "operator");
    return email;
  }

  /** The path of a link by which an editor, who is made if they are not there, signs in. */
  link(email) {
    this.editor(email);
    return path(this.kalends("editor", "link", email));
  }

  /** Takes in a table of events. */
  imported(name, table) {
    writeFileSync(`${this.folder}/${name}`, table);
    this.kalends("import", name);
  }

  /** The path of a link that was mailed to somebody. */
  async mailedLink(email, begin = "/admin/sign-in/") {
    const outbox = `${this.folder}/data/outbox`;
    for (let tries = 0; tries < 100; tries += 1) {
      for (const name of listed(outbox)) {
        const mail = readFileSync(`${outbox}/${name}`, "latin1");
        if (mail.includes(email) && words(mail).includes(begin)) return path(words(mail), begin);
      }
      await pause(100);
    }
    throw new Error(`no mail with a link came to ${email}`);
  }
}

function listed(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".eml"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

const path = (text, begin = "/admin/sign-in/") => text.match(new RegExp(`${begin}[^\\s<>"]+`))[0];

/** What a mail says in plain text: of several parts the first that is one. Both are strings of octets. */
function words(mail) {
  const [, head, body] = mail.match(/^([^]*?)\r?\n\r?\n([^]*)$/);
  const header = (name) => head.replace(/\r?\n[ \t]+/g, " ").match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1] ?? "";
  const type = header("content-type");
  const boundary = type.match(/boundary="?([^";]+)"?/i)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    return parts.map((part) => words(part.replace(/^\r?\n/, ""))).find((text) => text) ?? "";
  }
  if (!/^text\/plain/i.test(type)) return "";
  const encoding = header("content-transfer-encoding").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("latin1");
  if (encoding !== "quoted-printable") return body;
  const octet = (_, digits) => String.fromCharCode(parseInt(digits, 16));
  return body.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, octet);
}
