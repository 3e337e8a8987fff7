import {
	defang,
	extractIndicators,
	indicatorsToHunt,
	isValidIndicator,
	refang,
	unwrapUrl,
	type ExtractOptions,
	type Indicator,
} from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { soup, tagSoup } from '../inputs/text';
import { isSame, isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';

const EVERYTHING: ExtractOptions = { cve: true, asn: true, mac: true, wallets: true };

/** What is found in a text, and in the same text read as HTML. */
interface Found {
	inText: Indicator[];
	inHtml: Indicator[];
}

const all = ({ inText, inHtml }: Found): Indicator[] => [...inText, ...inHtml];
const named = ({ type, value }: Indicator): string => `${type} ${JSON.stringify(value)}`;

const DEFANGED = new Set(['url', 'domain-name', 'ipv4-addr', 'ipv6-addr', 'email-addr']);
/** A mark is read between letters and digits only, or prose would be taken for names. */
const UNMARKED = /[^a-z0-9][@.]|[@.][^a-z0-9]/i;
const isFoundAlone = (type: string, text: string): boolean =>
	extractIndicators({ text }).some((one) => one.type === type && one.value === text);

function find(input: string): Found {
	return {
		inText: extractIndicators({ text: input }, EVERYTHING),
		inHtml: extractIndicators({ html: input }, EVERYTHING),
	};
}

export const kind: Kind<string, Found> = {
	subject: 'extractIndicators on text and HTML; refang, defang, unwrapUrl',
	form: 'text',
	make: (random) => {
		const most = random.chance(0.02) ? 3_000 : 30;
		return random.choose([1, () => soup(random, most)], [1, () => tagSoup(random, most)]);
	},
	run: find,
	refusals: [],
	isRead: (found) => all(found).length > 0,
	invariants: {
		'every value is one of its type': (found) => {
			for (const one of all(found)) isTrue(isValidIndicator(one), named(one));
		},
		'what is hunted for is of what was found, and never private or an empty file': (found) => {
			const list = all(found);
			for (const use of ['auto', 'all', 'defanged', 'attached'] as const) {
				const { indicators } = indicatorsToHunt(list, use);
				isTrue(
					indicators.every((one) => list.includes(one)),
					'a value that was not found',
				);
				for (const { flags } of indicators)
					isTrue(!flags.some((flag) => flag === 'private' || flag === 'empty-file'), flags.join(', '));
			}
		},
		'each value is there once, and no more of them than the limits allow': ({ inText, inHtml }) => {
			for (const list of [inText, inHtml]) {
				isTrue(new Set(list.map(named)).size === list.length, 'a value is there twice');
				isTrue(list.length <= INDICATOR_LIMITS.maxIndicators, `${list.length} values`);
				for (const { sources } of list) {
					isTrue(sources.length > 0 && sources.length <= INDICATOR_LIMITS.maxSources, `${sources.length} places`);
				}
			}
		},
		'what stands in the text stands there': ({ inText }, input) => {
			// Of a link that carries the address of its recipient, that is left out.
			if (/safelinks/.test(input)) return;
			for (const one of inText) {
				const at = one.sources[0]?.offset;
				if (at === undefined || one.derivedFrom !== undefined) continue;
				isTrue(input.startsWith(one.original, at), `${named(one)} as ${JSON.stringify(one.original)} at ${at}`);
			}
		},
		'it is JSON, and the same again': (found, input) => isSame(jsonOf(find(input)), jsonOf(found), 'the second time'),
		'what is found where it stands alone comes back when it was defanged': (found) => {
			for (const { type, value } of all(found)) {
				if (!DEFANGED.has(type) || UNMARKED.test(value) || !isFoundAlone(type, value)) continue;
				isSame(refang(defang(value)), value, `${type} ${JSON.stringify(defang(value))} refanged`);
			}
		},
		'a text that was refanged stays as it is when it is refanged again': (_found, input) => {
			const once = refang(input);
			isSame(refang(once), once, 'refanged twice');
		},
		'what is unwrapped is not unwrapped any further': (found) => {
			for (const { type, value } of all(found)) {
				if (type !== 'url') continue;
				const { url, wrappers } = unwrapUrl(value);
				if (wrappers.length < INDICATOR_LIMITS.maxUnwrapDepth) isSame(unwrapUrl(url).url, url, 'unwrapped twice');
			}
		},
	},
};
