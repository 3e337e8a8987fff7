import type { FirstLook } from '../../firstLook';
import type { Indicator, IndicatorFlag } from '../../indicators';
import type { Reported } from '../../reported';
import type { ContentOptions } from './content';

/** Flags that hardly a harmless message has: somebody wants to be taken for somebody else, or hides where a link leads. */
const OF_ATTACKS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'lookalike-domain',
	'vip-name',
	'misplaced',
	'decoy',
	'text-qr',
]);

/** What is known of a message besides itself. */
interface Known {
	reported?: Reported | undefined;
	firstLook?: FirstLook | undefined;
	labels?: readonly string[] | undefined;
	indicators?: readonly Indicator[] | undefined;
}

/**
 * Whether what is known of a message says that it is a phish: somebody reported it, the report is labelled so, the domain in From does
 * not stand behind it, or a value in it has a flag of attacks.
 */
export function isPhish({ reported, firstLook, labels = [], indicators = [] }: Known): boolean {
	return (
		(reported !== undefined && reported.category !== 'not-junk') ||
		labels.some((label) => /phish/i.test(label)) ||
		firstLook?.authentication.verdict === 'fail' ||
		indicators.some(({ flags }) => flags.some((flag) => OF_ATTACKS.has(flag)))
	);
}

/** What becomes of the links of a message, by what is known of it. */
export function contentOptions(
	options: ContentOptions & Known,
	usual: NonNullable<ContentOptions['links']>,
): ContentOptions {
	const { links = usual, inlineImages } = options;
	return { inlineImages, links: links === 'auto' ? (isPhish(options) ? 'defang' : 'keep') : links };
}
