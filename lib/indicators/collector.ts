import { INDICATOR_LIMITS } from '../limits';
import type { HashAlgorithm, Indicator, IndicatorFlag, IndicatorSource, IndicatorType } from './indicator';
import type { ExtractOptions } from './options';

export interface Sighting {
	type: IndicatorType;
	value: string;
	original: string;
	defanged: boolean;
	flags: readonly IndicatorFlag[];
	source: IndicatorSource;
	derivedFrom?: string;
	registrableDomain?: string;
	hashes?: Partial<Record<HashAlgorithm, string>>;
	fileName?: string;
}

/** Flags that hold for a value only while every place where it stands has them. */
const PLACE_FLAGS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'link-text',
	'scheme-assumed',
	'version-like',
	'file-name-like',
	'inline-image',
	'relay',
	'id-like',
	'schema-url',
	'rewritten',
	'unsubscribe',
]);

const TRIED_STRENGTHS: readonly HashAlgorithm[] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5'];

/** Gathers sightings into indicators: one per value, in the order of their first places, within the maximum counts. */
export class Collector {
	private readonly byKey = new Map<string, Indicator>();
	private readonly perType = new Map<IndicatorType, number>();
	private readonly omitted = new Map<IndicatorType, number>();
	private readonly ordered: Indicator[] = [];

	constructor(private readonly options: ExtractOptions) {}

	add(sighting: Sighting): Indicator | undefined {
		const known = this.find(sighting);
		if (known !== undefined) {
			this.merge(known, sighting);
			return known;
		}
		const { maxPerType = INDICATOR_LIMITS.maxPerType, maxIndicators = INDICATOR_LIMITS.maxIndicators } = this.options;
		const count = this.perType.get(sighting.type) ?? 0;
		if (count >= maxPerType || this.ordered.length >= maxIndicators) {
			this.omitted.set(sighting.type, (this.omitted.get(sighting.type) ?? 0) + 1);
			return undefined;
		}
		this.perType.set(sighting.type, count + 1);
		const { source, flags, ...rest } = sighting;
		const indicator: Indicator = { ...rest, sources: [source], flags: [...new Set(flags)] };
		this.ordered.push(indicator);
		for (const key of keysOf(sighting)) this.byKey.set(key, indicator);
		return indicator;
	}

	/** True when a new value of this type would be left out. */
	isFull(type: IndicatorType): boolean {
		const { maxPerType = INDICATOR_LIMITS.maxPerType, maxIndicators = INDICATOR_LIMITS.maxIndicators } = this.options;
		return (this.perType.get(type) ?? 0) >= maxPerType || this.ordered.length >= maxIndicators;
	}

	finish(): Indicator[] {
		const { exclude = [], onOmitted } = this.options;
		if (onOmitted !== undefined) for (const [type, count] of this.omitted) onOmitted(type, count);
		if (exclude.length === 0) return this.ordered;
		return this.ordered.filter(
			(indicator) =>
				!indicator.flags.some((flag) => exclude.includes(flag) && !(flag === 'allow-listed' && indicator.defanged)),
		);
	}

	private find(sighting: Sighting): Indicator | undefined {
		for (const key of keysOf(sighting)) {
			const known = this.byKey.get(key);
			if (known !== undefined) return known;
		}
		return undefined;
	}

	private merge(known: Indicator, sighting: Sighting): void {
		if (known.sources.length < INDICATOR_LIMITS.maxSources) known.sources.push(sighting.source);
		known.defanged ||= sighting.defanged;
		mergeFlags(known, sighting.flags);
		if (sighting.hashes !== undefined) {
			known.hashes = { ...known.hashes, ...sighting.hashes };
			for (const key of keysOf(sighting)) this.byKey.set(key, known);
			known.value =
				TRIED_STRENGTHS.map((algorithm) => known.hashes?.[algorithm]).find((hash) => hash !== undefined) ?? known.value;
		}
		if (known.fileName === undefined && sighting.fileName !== undefined) known.fileName = sighting.fileName;
	}
}

/** Flags of a place stay only while every place has them; flags of the value gather. */
function mergeFlags(known: Indicator, flags: readonly IndicatorFlag[]): void {
	const kept = known.flags.every((flag) => flags.includes(flag) || !PLACE_FLAGS.has(flag))
		? known.flags
		: known.flags.filter((flag) => flags.includes(flag) || !PLACE_FLAGS.has(flag));
	const more = flags.filter((flag) => !PLACE_FLAGS.has(flag) && !kept.includes(flag));
	known.flags = more.length === 0 ? kept : [...new Set([...kept, ...more])];
}

function keysOf(sighting: Sighting): string[] {
	if (sighting.hashes === undefined) return [`${sighting.type}\0${sighting.value}`];
	return Object.values(sighting.hashes).map((hash) => `file\0${hash}`);
}
