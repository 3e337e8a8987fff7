import type { Email } from '../email';
import { lazy } from '../lazy';
import { ATTACHMENT_LIMITS } from '../limits';

/** Words for a password, in the languages that phishing is written in. */
const WORDS = [
	'pass ?(?:word|code|phrase|wd)', 'pwd', 'pin(?: ?code)?', 'code',
	'senha', 'contrase(?:ñ|n|n\u0303)a', 'clave', 'c[oó]digo', 'mot de passe', 'passwort', 'kennwort',
	'parola', 'wachtwoord', 'has[lł]o', 'парол[ьяею]', '[sş]ifre(?:si)?', 'l[oö]senord', 'adgangskode', 'passord', 'salasana',
	'heslo', 'jelsz[oó]', 'κωδικ[οό]ς', 'パスワード', '密[码碼]', '비밀번호', 'kata sandi', 'm[aậ]t kh[aẩ]u', 'รหัสผ่าน', 'كلمة (?:المرور|السر)', 'סיסמ[אה]',
	'पासवर्ड', 'zaporka', 'lozinka', 'geslo', 'parool', 'slapta\u017eodis',
]; // prettier-ignore

const KEY = lazy(() => new RegExp(`(?:${WORDS.join('|')})`, 'giu'));
/** How much of each text is read. */
const MAX_CHARACTERS = 200_000;
/** What stands around a word and is no part of it. */
const AROUND: ReadonlySet<string> = new Set('#"\'`´“”„‘’«»<>()[]{}:;,=*_|~–—-');
const BEHIND: ReadonlySet<string> = new Set([...AROUND, '.', '!', '?']);

/**
 * Words of a message that may be the password of a file in it: what follows a word for "password" within a few words, those with a
 * digit first. They are tried on encrypted files only, so that a wrong one does no harm.
 */
export function passwordCandidates(texts: readonly string[]): string[] {
	const found: string[] = [];
	for (const text of texts) {
		const read = text.slice(0, MAX_CHARACTERS);
		for (const match of read.matchAll(KEY())) {
			const from = match.index + match[0].length;
			found.push(...wordsOf(read.slice(from, from + ATTACHMENT_LIMITS.passwordCharacters)));
			if (found.length > 10_000) break;
		}
	}
	const words = [...new Set(found)];
	const ranked = [...words.filter((word) => /\d/.test(word)), ...words.filter((word) => !/\d/.test(word))];
	return ranked.slice(0, ATTACHMENT_LIMITS.maxPasswords);
}

/** The first words of a text, as they stand and without what stands around them. */
export function wordsOf(text: string): string[] {
	const words: string[] = [];
	const tokens = text.split(/\s+/).filter((one) => one !== '');
	for (const token of tokens.slice(0, ATTACHMENT_LIMITS.passwordTokens + 1)) {
		for (const word of [bare(token), token.replace(/^[:=]+/, '')])
			if (word.length >= 2 && word.length <= ATTACHMENT_LIMITS.maxPasswordCharacters) words.push(word);
	}
	return words;
}

/** The word without what stands around it. */
function bare(token: string): string {
	let start = 0;
	let end = token.length;
	while (start < end && AROUND.has(token[start]!)) start++;
	while (end > start && BEHIND.has(token[end - 1]!)) end--;
	return token.slice(start, end);
}

const entities = lazy(() => require('entities/decode') as typeof import('entities/decode'));

/** Texts of a message in which its writer may tell a password: subject, bodies, names of files. */
export function textsOf({ subject = '', text = '', html = '', attachments }: Email): string[] {
	const names = attachments.map(({ fileName = '' }) => fileName.replace(/\.\w{1,6}$/, ' ').replace(/_/g, ' '));
	const shown = html
		.slice(0, MAX_CHARACTERS)
		.replace(/<(?:style|script)\b[^<]{0,20000}/gi, ' ')
		.replace(/<\/?(?:b|i|u|em|strong|span|font|a)\b[^<>]{0,2000}>/gi, '')
		.replace(/<[^<>]{0,2000}>/g, ' ');
	return [subject, text, shown.includes('&') ? entities().decodeHTML(shown) : shown, ...names];
}
