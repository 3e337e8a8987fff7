import { tellText, type OpenFile } from '../contract';
import { wideRuns } from './wideRuns';

/** The texts in a Windows shortcut: what it starts, with which arguments, the icon that it shows. */
export function readShortcut(file: OpenFile): void {
	const { bytes } = file;
	if (!bytes.subarray(0, 4).equals(Buffer.from('4c000000', 'hex'))) {
		// A link of the web is a text, and is read as one.
		return;
	}
	const texts = new Set([wideRuns(bytes.subarray(76))]);
	for (const [run] of bytes.toString('latin1', 76).matchAll(/[\x20-\x7e]{6,}/g)) texts.add(run);
	tellText(file, [...texts].join('\n'));
}
