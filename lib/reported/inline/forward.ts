import { REPORTED_LIMITS } from '../../limits';
import type { HeadField } from './languages';
import { announced, isForwardSubject, labelled, type Announcement } from './words';

/** A message that somebody forwarded within the text of another one. */
export interface Forward {
	/** Language of the mail program that forwarded it: an ISO 639-1 code, the first one where several fit (Danish and Norwegian). */
	language?: string;
	/** Values of the head's fields, as written. */
	head: Partial<Record<HeadField, string>>;
	/** What the forwarder wrote above it. */
	comment: string;
	/** Its text. */
	text: string;
	/** How the line above its head reads, where there is one: a mark in the HTML, too. */
	announcement?: string;
}

interface Line {
	/** Without quote marks and blanks at its ends. */
	text: string;
	quoted: boolean;
	start: number;
	end: number;
}

/**
 * The forwarded message in a text; undefined when there is none. It needs the head that a mail program writes (From, Subject, and Date
 * or To), and a line above it that only forwards have, or a subject that says so: replies quote with the same head.
 */
export function readForward(text: string, subject: string): Forward | undefined {
	const searched = text.slice(0, REPORTED_LIMITS.maxSearched);
	const lines = linesOf(searched);
	for (const [index, line] of lines.entries()) {
		const first = labelled(line.text);
		if (first === undefined || first.field === 'to' || first.field === 'cc') continue;
		const head = readHead(lines, index);
		if (head === undefined) continue;
		const above = lineAbove(lines, index);
		const languages = languagesOf(head.languages, above?.language);
		const [language] = languages;
		if (above?.kind !== 'forwarded' && !isForwardSubject(subject, languages)) return undefined;
		const from = above === undefined ? line.start : above.start;
		const body = bodyOf(text, lines, head.next, line.quoted);
		return {
			...(language === undefined ? {} : { language }),
			head: head.fields,
			comment: searched.slice(0, from).trim(),
			text: body,
			...(above === undefined ? {} : { announcement: above.text }),
		};
	}
	return undefined;
}

function linesOf(text: string): Line[] {
	const lines: Line[] = [];
	for (let start = 0; start <= text.length;) {
		const found = text.indexOf('\n', start);
		const end = found === -1 ? text.length : found;
		const raw = text.slice(start, Math.min(end, start + REPORTED_LIMITS.maxHeadLine));
		const unquoted = raw.replace(/^\s{0,8}>[> ]{0,8}/, '');
		lines.push({
			text: unquoted.replace(/[\u00a0\ufeff]/g, ' ').trim(),
			quoted: unquoted.length < raw.trimStart().length,
			start,
			end,
		});
		start = end + 1;
	}
	return lines;
}

interface Head {
	fields: Partial<Record<HeadField, string>>;
	languages: string[][];
	/** Index of the line behind it. */
	next: number;
}

/** The head that begins with a line. Undefined when too few fields follow. */
function readHead(lines: readonly Line[], start: number): Head | undefined {
	const fields: Head['fields'] = {};
	const languages: string[][] = [];
	let last: HeadField | undefined;
	let blanks = 0;
	let index = start;
	for (; index < lines.length && index < start + REPORTED_LIMITS.maxHeadLines; index++) {
		const { text } = lines[index]!;
		const label = labelled(text);
		// A field that stands there already begins something else.
		if (label !== undefined && fields[label.field] !== undefined) break;
		if (label !== undefined) {
			fields[label.field] = label.value;
			languages.push(label.languages);
			last = label.field;
			blanks = 0;
		} else if (text === '') {
			// Text made of HTML may have an empty line between any two.
			if (++blanks > 1) break;
		} else if (blanks > 0 || last === undefined) break;
		else fields[last] = `${fields[last]} ${text}`.trim();
	}
	const isHead = fields.from !== undefined && fields.from !== '' && fields.subject !== undefined;
	if (!isHead || (fields.date === undefined && fields.to === undefined)) return undefined;
	return { fields, languages, next: index };
}

/** The line above a head that announces it, with no more than two empty ones between. */
function lineAbove(
	lines: readonly Line[],
	index: number,
): { kind: Announcement; language?: string; start: number; text: string } | undefined {
	for (let at = index - 1; at >= Math.max(0, index - 4); at--) {
		const { text, start } = lines[at]!;
		if (text === '') continue;
		const found = announced(text);
		return found && { ...found, start, text };
	}
	return undefined;
}

/**
 * The languages that all labels have; the announcement decides between several. Gmail and Outlook's web app put English ones among
 * others.
 */
function languagesOf(languages: readonly string[][], announcement: string | undefined): string[] {
	const others = languages.filter((of) => !of.includes('en'));
	const counted = others.length > 0 ? others : languages;
	const common = (counted[0] ?? []).filter((code) => counted.every((of) => of.includes(code)));
	if (common.length <= 1) return common;
	if (announcement !== undefined && common.includes(announcement)) return [announcement];
	return common.includes('en') ? ['en'] : common;
}

function bodyOf(text: string, lines: readonly Line[], next: number, quoted: boolean): string {
	const start = lines[next]?.start;
	if (start === undefined) return '';
	const body = text.slice(start);
	// Apple Mail quotes what it forwards.
	return (quoted ? body.replace(/^\s{0,4}> ?/gm, '') : body).trim();
}
