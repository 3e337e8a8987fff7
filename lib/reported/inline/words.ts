import { lazy } from '../../lazy';
import { LANGUAGES, type HeadField } from './languages';

/** What a label means, and in which languages. */
export interface Label {
	field: HeadField;
	languages: string[];
}

const fold = (text: string): string => text.toLocaleLowerCase('en').normalize('NFC').replace(/\s+/g, ' ').trim();

/** All labels of all languages; no two languages have one for different fields but those that a head settles itself. */
const labels = lazy(() => {
	const known = new Map<string, Label>();
	for (const { code, labels: of } of LANGUAGES) {
		for (const [field, words] of Object.entries(of)) {
			for (const word of words.split('|')) {
				const key = fold(word);
				const label = known.get(key);
				if (label === undefined) known.set(key, { field: field as HeadField, languages: [code] });
				else if (label.field === field && !label.languages.includes(code)) label.languages.push(code);
			}
		}
	}
	return known;
});

/** Characters of the longest label, with room for a blank. */
const MAX_LABEL = 24;

/** A line of a head: `From: A <a@example.org>`, also `*Von:* …` and `Objet : …`. Undefined when it is none. */
export function labelled(line: string): (Label & { value: string }) | undefined {
	const colon = line.slice(0, MAX_LABEL).search(/[:：]/);
	if (colon < 1) return undefined;
	const label = labels().get(fold(line.slice(0, colon).replace(/[*_]/g, '')));
	if (label === undefined) return undefined;
	// Text made of HTML has the stars of bold labels on both sides of the colon.
	return {
		...label,
		value: line
			.slice(colon + 1)
			.replace(/^\s{0,4}[*_]{1,2}(?=\s)/, '')
			.trim(),
	};
}

/** Kinds of lines that stand above a head. */
export type Announcement = 'forwarded' | 'original';

const announcements = lazy(() => {
	const known = new Map<string, { kind: Announcement; language: string }>();
	for (const { code, forwarded, original } of LANGUAGES) {
		for (const phrase of forwarded.split('|'))
			if (!known.has(fold(phrase))) known.set(fold(phrase), { kind: 'forwarded', language: code });
		for (const phrase of original.split('|'))
			if (!known.has(fold(phrase))) known.set(fold(phrase), { kind: 'original', language: code });
	}
	return known;
});

/** `---------- Forwarded message ---------`, `Anfang der weitergeleiteten Nachricht:`; a line of underscores, as Outlook's web app has it. */
export function announced(line: string): { kind: Announcement; language?: string } | undefined {
	if (line.length > 120) return undefined;
	if (/^_{20,}$/.test(line)) return { kind: 'original' };
	const between = /^-{2,20}\s{0,4}([^-].*[^-])\s{0,4}-{2,20}$/.exec(line)?.[1];
	const phrase = between ?? (line.endsWith(':') ? line.slice(0, -1) : undefined);
	return phrase === undefined ? undefined : announcements().get(fold(phrase));
}

const prefixes = lazy(() => {
	const known = new Map<string, string[]>([
		['fw', []],
		['fwd', []],
	]);
	for (const { code, prefixes: of } of LANGUAGES) {
		for (const word of of?.split('|') ?? []) known.set(fold(word), [...(known.get(fold(word)) ?? []), code]);
	}
	return known;
});

/**
 * Whether a subject says that the mail is a forward. `VS:` is a forward in Danish and Norwegian and a reply in Finnish: the language of
 * the head decides.
 */
export function isForwardSubject(subject: string, ofHead: readonly string[]): boolean {
	const text = subject
		.slice(0, 1_000)
		.replace(/^(?:\s{0,8}\[[^\]]{1,60}\])+/, '')
		.trimStart();
	const word = /^([\p{L}. ]{1,12}?)\s{0,2}:/u.exec(text)?.[1];
	const languages = word === undefined ? undefined : prefixes().get(fold(word));
	if (languages === undefined) return false;
	if (languages.length === 0 || languages.some((code) => ofHead.includes(code))) return true;
	// Outlook's web app writes English heads in every language.
	return fold(word!) !== 'vs' && (ofHead.length === 0 || ofHead.includes('en'));
}
