import type { EmailWarning } from '../email';
import { isRecord } from '../json';
import { algorithmOfLength, isHashOfNothing } from '../values';
import type { Indicator, IndicatorFlag } from './indicator';

/**
 * What of a message is hunted for.
 *
 * - `auto`: what a person defanged, where there is such a value, with the SHA-256 hashes of the text, for then the rest is the
 *   warning's own: its author, its links. Else what stands in an attached message, where there is one, for then the rest is the report of who forwarded it. Else all
 *   but what mail servers noted on the way (their addresses, names and signing domains) and domains that everybody uses.
 * - `all`: everything that may be hunted for.
 * - `defanged`: only what a person defanged, and the SHA-256 hashes of the text, which nobody defangs.
 * - `attached`: only what stands in attached messages.
 */
export type HuntUse = 'auto' | 'all' | 'defanged' | 'attached';

/** What {@link indicatorsToHunt} chose. */
export interface HuntSelection {
	indicators: Indicator[];
	/** What `auto` came to. */
	use: Exclude<HuntUse, 'auto'>;
	/** Says how many values are not searched for because of defanged values or an attached message (`pattern-narrowed`). */
	warnings: EmailWarning[];
}

/** Never hunted for, whatever the choice: it is in every mail of the house, or in everybody's. */
const NEVER: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'own-domain',
	'recipient',
	'relay',
	'private',
	'empty-file',
	'decoy',
]);

/** Domains of these flags are everybody's; a URL or an address under them is one of the attack's. */
const EVERYBODYS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>(['mail-provider', 'shortener']);

/** Header fields in which mail servers note by which way a message came, and whom they believed. */
const WAY = /^(?:received|received-spf|authentication-results|arc-authentication-results)$/i;

/**
 * The indicators of one message that a hunt is to look for: who else received what this message holds. Pure, and in the order given.
 *
 * Never among them: own domains, recipients, relays of the house, private addresses, the hash of an empty file, and what is
 * allow-listed and not defanged. What is only a look-alike is for the option `exclude` of `extractIndicators` to leave out.
 * Lists that users made may lack `flags`, `sources` and `defanged`; entries that are no indicators are passed on for the next to refuse.
 *
 * @param use Default `auto`.
 */
export function indicatorsToHunt(indicators: readonly Indicator[], use: HuntUse = 'auto'): HuntSelection {
	const candidates = indicators.filter((indicator) => !isRecord(indicator) || mayBeHunted(indicator));
	const chosen = use === 'auto' ? automatic(candidates.filter(isRecord)) : use;
	const isWanted = (indicator: Indicator) => (use === 'all' || isOfAttack(indicator)) && CHOICES[chosen](indicator);
	const wanted = candidates.filter((indicator) => !isRecord(indicator) || isWanted(indicator));
	const left = candidates.filter((indicator) => isRecord(indicator) && isOfAttack(indicator)).length - wanted.length;
	const warnings = chosen === 'all' || left <= 0 ? [] : [narrowed(chosen, wanted.length, left)];
	return { indicators: wanted, use: chosen, warnings };
}

const CHOICES: Readonly<Record<HuntSelection['use'], (indicator: Indicator) => boolean>> = {
	all: () => true,
	defanged: (indicator) => isDefanged(indicator) || isWrittenHash(indicator),
	attached: isAttached,
};

function automatic(candidates: readonly Indicator[]): HuntSelection['use'] {
	const own = candidates.filter(isOfAttack);
	if (own.some(isDefanged)) return 'defanged';
	return own.some(isAttached) ? 'attached' : 'all';
}

function mayBeHunted(indicator: Indicator): boolean {
	const flags = flagsOf(indicator);
	if (flags.some((flag) => NEVER.has(flag))) return false;
	if (flags.includes('allow-listed') && indicator.defanged !== true) return false;
	return !(indicator.type === 'file' && typeof indicator.value === 'string' && isHashOfNothing(indicator.value));
}

/** Not what every mail that takes the same way has, nor what everybody uses. */
function isOfAttack(indicator: Indicator): boolean {
	const isName = indicator.type === 'domain-name';
	if (isName && flagsOf(indicator).some((flag) => EVERYBODYS.has(flag))) return false;
	const sources = sourcesOf(indicator);
	return sources.length === 0 || !sources.every(({ part, field }) => isHeader(part) && WAY.test(field ?? ''));
}

const isHeader = (part: unknown): boolean => typeof part === 'string' && /(?:^|\/)header$/.test(part);

const isDefanged = ({ defanged }: Indicator): boolean => defanged === true;

/** Nobody defangs a hash: what a warning writes out as SHA-256, which names a file, is as much marked as the rest of its list. */
function isWrittenHash(indicator: Indicator): boolean {
	const { type, value, hashes } = indicator;
	const digest: unknown = hashes?.['SHA-256'] ?? value;
	if (type !== 'file' || typeof digest !== 'string' || algorithmOfLength(digest.length) !== 'SHA-256') return false;
	return sourcesOf(indicator).some(({ part }) => !/(?:^|\/)attachment$/.test(String(part)));
}

/** `2/text` is the text of the message attached as part 2. */
function isAttached(indicator: Indicator): boolean {
	return sourcesOf(indicator).some(({ part }) => typeof part === 'string' && part.includes('/'));
}

const flagsOf = ({ flags }: Partial<Indicator>): readonly IndicatorFlag[] => (Array.isArray(flags) ? flags : []);

const sourcesOf = ({ sources }: Partial<Indicator>): ReadonlyArray<Indicator['sources'][number]> =>
	Array.isArray(sources) ? sources.filter(isRecord) : [];

const WHY: Readonly<Record<Exclude<HuntSelection['use'], 'all'>, string>> = {
	defanged: 'only those that a person had defanged are',
	attached: 'only those from the attached message are',
};

function narrowed(use: Exclude<HuntSelection['use'], 'all'>, wanted: number, left: number): EmailWarning {
	return {
		code: 'pattern-narrowed',
		message: `${wanted} of ${wanted + left} values are searched for: ${WHY[use]}. To search for all of them, set 'Use' to All.`,
	};
}
