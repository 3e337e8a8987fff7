import { chownSync, existsSync, mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let delivered = 0;

/**
 * Puts a message into a Maildir as Postfix and maildrop do: written into `tmp`, then renamed into `new`. Lines end with LF there.
 *
 * @param date Time of receipt: what the servers take it from is the file's time, and its name begins with it.
 * @returns The file's path
 */
export function dropIntoMaildir(maildir: string, raw: string | Buffer, date = new Date(), suffix?: string): string {
	const owner = statSync(existing(maildir));
	const own = (path: string) => {
		if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
	};
	for (const part of ['', 'tmp', 'new', 'cur']) {
		const folder = join(maildir, part);
		if (existsSync(folder)) continue;
		mkdirSync(folder, { recursive: true });
		own(folder);
	}
	const seconds = Math.floor(date.getTime() / 1000);
	const name = `${seconds}.${suffix ?? `V801I${10_000 + ++delivered}M${100_000 + delivered}`}.lab`;
	const written = join(maildir, 'tmp', name);
	writeFileSync(written, Buffer.from(raw).toString('latin1').replace(/\r\n/g, '\n'), 'latin1');
	own(written);
	utimesSync(written, date, date);
	const path = join(maildir, 'new', name);
	renameSync(written, path);
	return path;
}

/** The folder itself, or the nearest one above it that is there. */
function existing(path: string): string {
	return existsSync(path) ? path : existing(dirname(path));
}
