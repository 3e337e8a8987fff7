// How fast and in how much memory messages are parsed, next to mailparser's simpleParser in the same process.
import { createRequire } from 'node:module';
import { BARE, footprint, hugeMessage, messages, rates } from './corpus.mjs';

const require = createRequire(import.meta.url);

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { simpleParser } = require('mailparser');
	const all = messages();
	const bytes = all.reduce((sum, one) => sum + one.length, 0);
	report('messages', all.length, `messages of ${Math.round(bytes / all.length / 1000)} KB on average`);
	const { theirs, ours } = await rates(all, {
		theirs: (raw) => simpleParser(raw, BARE),
		ours: (raw) => parseEmail(raw),
	});
	report('parse, by processor time', Math.round(ours), 'messages/s', {
		comparedWith: 'mailparser without text conversions',
		theirs: Math.round(theirs),
	});

	const { result, ms, megabytes } = await footprint(() => parseEmail(hugeMessage(140e6), { keepAttachments: false }));
	report(
		'a message of 140 MB as a stream',
		Number((ms / 1000).toFixed(1)),
		`s, ${result.attachments[0].size} bytes hashed`,
	);
	report('its memory above the base', megabytes, 'MB', { target: { most: 150 } });
}
