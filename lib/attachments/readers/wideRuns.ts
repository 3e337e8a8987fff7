import { utf16Text } from '../../text';

/**
 * Texts in UTF-16 in bytes that hold other things, too: they may begin at any byte. Letters that are what numbers there
 * look like (U+0100 to U+024F) end one.
 */
export function wideRuns(bytes: Buffer): string {
	const runs = new Set<string>();
	for (const text of [utf16Text(bytes), utf16Text(bytes, 1)])
		for (const [run] of text.matchAll(/[\x20-\x7e\u00a0-\u00ff\u0370-\u04ff]{5,}/g)) runs.add(run);
	return [...runs].join('\n');
}
