import { utf16Text } from '../../text';
import { tellText, type OpenFile } from '../contract';

/** The texts in a Windows shortcut: what it starts, with which arguments, the icon that it shows. */
export function readShortcut(file: OpenFile): void {
	const { bytes } = file;
	if (!bytes.subarray(0, 4).equals(Buffer.from('4c000000', 'hex'))) {
		// A link of the web is a text, and is read as one.
		return;
	}
	const texts = new Set<string>();
	for (const text of [utf16Text(bytes, 76), utf16Text(bytes, 77)])
		for (const [run] of text.matchAll(/[\x20-\x7e\u00a0-\u024f\u0400-\u04ff]{5,}/g)) texts.add(run);
	for (const [run] of bytes.toString('latin1', 76).matchAll(/[\x20-\x7e]{6,}/g)) texts.add(run);
	tellText(file, [...texts].join('\n'));
}
