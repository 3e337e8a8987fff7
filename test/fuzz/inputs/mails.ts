import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');

/** The messages that this project was tested with from its beginning. */
export function knownMails(): Buffer[] {
	return ['test/fixtures/email', 'examples/messages'].flatMap((folder) =>
		readdirSync(join(ROOT, folder))
			.filter((name) => name.endsWith('.eml'))
			.sort()
			.map((name) => readFileSync(join(ROOT, folder, name))),
	);
}
