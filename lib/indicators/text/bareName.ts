import { readDomainName, type DomainName } from '../../values';
import { hostClass } from '../characters';
import type { IndicatorFlag } from '../indicator';
import { FILE_SUFFIXES, IN_WORDS, PLAIN_SUFFIXES } from './words';

/**
 * Judges a dotted word that stands in a text without a scheme. Undefined when it is no domain name, or is rather a
 * missing blank after a full stop, a path, a member in code or an anti-virus name.
 */
export function bareName(
	text: string,
	start: number,
	end: number,
	name: string,
	evidence: { defanged: boolean; withTail: boolean },
): { found: DomainName; flags: IndicatorFlag[] } | undefined {
	const found = readDomainName(name);
	if (found === undefined || !found.known) return undefined;
	// A bare suffix (`co.uk`, `github.io`) is named in passing, unless somebody marked it.
	if (evidence.defanged) return { found, flags: [] };
	if (found.registrable === undefined) return undefined;

	const before = text[start - 1] ?? ' ';
	const after = text[end] ?? ' ';
	if (
		before === '\\' ||
		before === '$' ||
		after === '(' ||
		(after === '!' && hostClass(text.charCodeAt(end + 1)) !== 0)
	)
		return undefined;
	if (before === '/' && text[start - 2] !== '/' && hostClass(text.charCodeAt(start - 2)) !== 0) return undefined;
	if (after === '\\' && hostClass(text.charCodeAt(end + 1)) !== 0) return undefined;
	if (/^www\./i.test(name)) return { found, flags: [] };

	const labels = name.split('.');
	const last = labels.at(-1) ?? '';
	const suffix = last.toLowerCase();
	const plain = PLAIN_SUFFIXES.has(suffix);
	if (labels.length === 2 && !plain) {
		// `end of sentence.Next`
		if (/^[A-Z][a-z]+$/.test(last)) return undefined;
		if (suffix === 'in' && IN_WORDS.has(labels[0]!.toLowerCase())) return undefined;
	}
	// `sentence.The`, `Object.Id` in longer chains; a name is written in one case.
	if (!plain && /^[A-Z][a-z]+$/.test(last) && /^[a-z]/.test(labels[0]!)) return undefined;
	const isFileName =
		(!evidence.withTail && FILE_SUFFIXES.has(suffix)) ||
		// Java and Android packages are names written backwards.
		(labels.length > 2 && /^(?:com|org|net|io|edu|gov)$/.test(labels[0]!));
	return { found, flags: isFileName ? ['file-name-like'] : [] };
}

const VERSION_BEFORE =
	/(?:\b(?:version|ver|build|firmware|release|revision|rev|section|chapter|oid)[\s:.=#(-]{0,3}|\bv\.? ?|[a-z]\/)$/i;

/** True after `version`, `build`, `Chrome/` and the like. */
export function precededByVersion(text: string, start: number): boolean {
	return VERSION_BEFORE.test(text.slice(Math.max(0, start - 24), start));
}
