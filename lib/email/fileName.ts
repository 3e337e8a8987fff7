import { EMAIL_LIMITS } from '../limits';

/** Control, invisible and bidirectional formatting characters: `invoice<RLO>fdp.exe` shows as `invoiceexe.pdf`. */
/* eslint-disable no-misleading-character-class -- each of them is meant by itself */
const UNSEEN =
	/[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]/g;
/* eslint-enable no-misleading-character-class */

/** The last component of a path, without characters that a reader does not see. Undefined when nothing is left. */
export function safeFileName(name: string): string | undefined {
	const last =
		name
			.slice(0, 8_192)
			.replace(UNSEEN, '')
			.split(/[/\\]/)
			.filter((part) => part.trim() !== '')
			.at(-1)
			?.trim() ?? '';
	if (last === '' || last === '.' || last === '..') return undefined;
	if (last.length <= EMAIL_LIMITS.maxFileNameLength) return last;
	// The end of a long name says what the file is.
	const dot = last.lastIndexOf('.');
	const extension = dot > 0 && last.length - dot <= 16 ? last.slice(dot) : '';
	return last.slice(0, EMAIL_LIMITS.maxFileNameLength - extension.length).replace(/[\ud800-\udbff]$/, '') + extension;
}
