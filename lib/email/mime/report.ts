import type { HeaderField } from '../email';
import { EMAIL_LIMITS } from '../../limits';

/**
 * The fields of a machine-readable report (RFC 3464, RFC 5965, RFC 8098): of the message, then of each recipient. Unfolded, in
 * order; lines that are no fields are left out. No more than a header may have (`maxHeaderFields`).
 */
export function reportFields(text: string): HeaderField[][] {
	const groups: HeaderField[][] = [];
	let group: HeaderField[] = [];
	let count = 0;
	let last: HeaderField | undefined;
	for (let at = 0; at <= text.length && count < EMAIL_LIMITS.maxHeaderFields;) {
		const found = text.indexOf('\n', at);
		const end = found === -1 ? text.length : found;
		const line = text.slice(at, end).replace(/\r$/, '');
		at = end + 1;
		if (line.trim() === '') {
			if (group.length > 0) groups.push(group);
			group = [];
			last = undefined;
		} else if (/^[ \t]/.test(line)) {
			if (last !== undefined) last.value += ` ${line.trim()}`;
		} else {
			const colon = line.indexOf(':');
			const name = line.slice(0, Math.max(0, colon)).trimEnd();
			last = /^[\x21-\x7e]{1,998}$/.test(name) ? { name, value: line.slice(colon + 1).trim() } : undefined;
			if (last !== undefined) {
				group.push(last);
				count++;
			}
		}
	}
	if (group.length > 0) groups.push(group);
	return groups;
}
