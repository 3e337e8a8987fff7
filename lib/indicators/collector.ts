import { INDICATOR_LIMITS } from '../limits';
import type { HashAlgorithm, Indicator, IndicatorFlag, IndicatorSource, IndicatorType } from './indicator';
import type { ExtractOptions } from './options';

/** Where something was found, and what that place says about it. */
export interface Place {
	part: string;
	field?: string;
	/** Visible text of the link. */
	text?: string;
	flags?: readonly IndicatorFlag[];
	/** Offsets in it are worth telling. */
	offsets?: boolean;
}

/** One value at one place. */
export interface Sighting {
	type: IndicatorType;
	value: string;
	original: string;
	defanged: boolean;
	/** Of the value; those of the place come on top. */
	flags: readonly IndicatorFlag[];
	place: Place;
	offset?: number | undefined;
	derivedFrom?: string | undefined;
	registrableDomain?: string | undefined;
	hashes?: Partial<Record<HashAlgorithm, string>>;
	fileName?: string | undefined;
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
	readonly #byType = new Map<IndicatorType, Map<string, Indicator>>();
	readonly #perType = new Map<IndicatorType, number>();
	readonly #omitted = new Map<IndicatorType, number>();
	readonly #ordered: Indicator[] = [];
	readonly #maxPerType: number;
	readonly #maxIndicators: number;

	readonly #options: ExtractOptions;

	constructor(options: ExtractOptions) {
		this.#options = options;
		const { maxPerType, maxIndicators } = INDICATOR_LIMITS;
		this.#maxIndicators = options.maxIndicators ?? maxIndicators;
		// Whoever wants more wants more of each type, and no type is to leave the others without room.
		this.#maxPerType =
			options.maxPerType ?? Math.max(maxPerType, Math.floor((this.#maxIndicators * maxPerType) / maxIndicators));
	}

	add(sighting: Sighting): void {
		const { type, value, hashes } = sighting;
		let values = this.#byType.get(type);
		if (values === undefined) this.#byType.set(type, (values = new Map<string, Indicator>()));
		const known =
			hashes === undefined
				? values.get(value)
				: Object.values(hashes)
						.map((hash) => values.get(hash))
						.find((file) => file !== undefined);
		if (known !== undefined) {
			merge(known, sighting);
			if (hashes !== undefined) for (const hash of Object.values(hashes)) values.set(hash, known);
			return;
		}
		const count = this.#perType.get(type) ?? 0;
		if (count >= this.#maxPerType || this.#ordered.length >= this.#maxIndicators) {
			this.#omitted.set(type, (this.#omitted.get(type) ?? 0) + 1);
			return;
		}
		this.#perType.set(type, count + 1);
		const indicator = indicatorOf(sighting);
		this.#ordered.push(indicator);
		if (hashes === undefined) values.set(value, indicator);
		else for (const hash of Object.values(hashes)) values.set(hash, indicator);
	}

	/** Findings that a maximum left out, of all types. */
	get omittedFindings(): number {
		return [...this.#omitted.values()].reduce((sum, count) => sum + count, 0);
	}

	finish(): Indicator[] {
		const { exclude = [], onOmitted } = this.#options;
		if (onOmitted !== undefined) for (const [type, count] of this.#omitted) onOmitted(type, count);
		if (exclude.length === 0) return this.#ordered;
		return this.#ordered.filter(
			(indicator) =>
				!indicator.flags.some((flag) => exclude.includes(flag) && !(flag === 'allow-listed' && indicator.defanged)),
		);
	}
}

function indicatorOf(sighting: Sighting): Indicator {
	const { type, value, original, defanged, place, offset, derivedFrom, registrableDomain, hashes, fileName } = sighting;
	const flags = new Set(sighting.flags);
	for (const flag of place.flags ?? []) flags.add(flag);
	const indicator: Indicator = {
		type,
		value,
		original,
		defanged,
		sources: [sourceOf(place, offset)],
		flags: [...flags],
	};
	if (hashes !== undefined) indicator.hashes = hashes;
	if (fileName !== undefined) indicator.fileName = fileName;
	if (derivedFrom !== undefined) indicator.derivedFrom = derivedFrom;
	if (registrableDomain !== undefined) indicator.registrableDomain = registrableDomain;
	return indicator;
}

function sourceOf({ part, field, text }: Place, offset: number | undefined): IndicatorSource {
	const source: IndicatorSource = { part };
	if (field !== undefined) source.field = field;
	if (offset !== undefined) source.offset = offset;
	if (text !== undefined) source.text = text;
	return source;
}

function merge(known: Indicator, sighting: Sighting): void {
	const { place, offset, defanged, flags, hashes, fileName } = sighting;
	if (known.sources.length < INDICATOR_LIMITS.maxSources) known.sources.push(sourceOf(place, offset));
	if (defanged) known.defanged = true;
	mergeFlags(known, flags, place.flags ?? []);
	if (hashes !== undefined) {
		const all = { ...known.hashes, ...hashes };
		known.hashes = all;
		known.value = TRIED_STRENGTHS.map((algorithm) => all[algorithm]).find((hash) => hash !== undefined) ?? known.value;
	}
	if (fileName !== undefined) known.fileName ??= fileName;
}

/** Flags of a place stay only while every place has them; flags of the value gather. */
function mergeFlags(known: Indicator, ofValue: readonly IndicatorFlag[], ofPlace: readonly IndicatorFlag[]): void {
	const has = (flag: IndicatorFlag): boolean => ofValue.includes(flag) || ofPlace.includes(flag);
	if (known.flags.some((flag) => PLACE_FLAGS.has(flag) && !has(flag))) {
		known.flags = known.flags.filter((flag) => !PLACE_FLAGS.has(flag) || has(flag));
	}
	for (const list of [ofValue, ofPlace]) {
		for (const flag of list) if (!PLACE_FLAGS.has(flag) && !known.flags.includes(flag)) known.flags.push(flag);
	}
}
