import type { Indicator, IndicatorFlag } from './indicator';

/** What is left out of what was found, by name. */
export type LeaveOutPreset = 'nothing' | 'lookAlikes' | 'phishingTriage';

/** How many values were left out, each counted once: under the first of the flags that it was left out for. */
export type LeftOut = Partial<Record<IndicatorFlag, number>>;

/** What only looks like an indicator, and what the user named as harmless: nobody names it to see it in a list. */
const LOOK_ALIKES: readonly IndicatorFlag[] = [
	'own-domain',
	'allow-listed',
	'file-name-like',
	'id-like',
	'schema-url',
	'version-like',
	'empty-file',
];

/**
 * The flags of each preset. Values that a sender can get a flag for by the way he writes them, and that would be the attack itself, are
 * in none of them: a phish is often sent through a mail service, so that its link is one that `tracking` counts, and every
 * path may hold the word `unsubscribe`.
 */
export const LEAVE_OUT_PRESETS: Readonly<Record<LeaveOutPreset, readonly IndicatorFlag[]>> = {
	/** All that was found. */
	nothing: [],
	lookAlikes: LOOK_ALIKES,
	/** Look-alikes, the addressees, the way that every message takes, and what everybody uses: no trace of one attack. */
	phishingTriage: [
		...LOOK_ALIKES,
		'recipient',
		'relay',
		'private',
		'resolver',
		'mail-provider',
		'rewritten',
		'link-text',
		'display-name',
		'inline-image',
		'decoy',
	],
};

/** The first of the flags that an indicator is left out for. `allow-listed` never leaves out what somebody had defanged. */
export function leftOutFor(
	{ flags, defanged }: Indicator,
	exclude: readonly IndicatorFlag[],
): IndicatorFlag | undefined {
	if (flags.length === 0) return undefined;
	return exclude.find((flag) => flags.includes(flag) && !(flag === 'allow-listed' && defanged));
}

/** The indicators without those that have one of the flags, and how many these are. */
export function withoutFlagged(
	indicators: readonly Indicator[],
	exclude: readonly IndicatorFlag[],
): { indicators: Indicator[]; leftOut: LeftOut } {
	const leftOut: LeftOut = {};
	const kept = indicators.filter((indicator) => {
		const flag = leftOutFor(indicator, exclude);
		if (flag !== undefined) leftOut[flag] = (leftOut[flag] ?? 0) + 1;
		return flag === undefined;
	});
	return { indicators: kept, leftOut };
}
