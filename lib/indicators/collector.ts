import { INDICATOR_LIMITS, SETTING_LIMITS } from '../limits';
import { wholeNumber } from '../settings';
import { fileValue, type FileValue, type Value } from '../values';
import type { Place, Sighting } from './finding';
import type { Indicator, IndicatorFlag, IndicatorSource, IndicatorType } from './indicator';
import { withoutFlagged } from './leaveOut';
import type { ExtractOptions } from './options';

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
	'embedded',
	'hidden-text',
	'display-name',
	'recipient',
	'decoy',
]);

/** Gathers sightings into indicators: one per value, in the order of their first places, within the maximum counts. */
export class Collector {
	readonly #byType = new Map<IndicatorType, Map<string, Indicator>>();
	readonly #perType = new Map<IndicatorType, number>();
	readonly #omitted = new Map<IndicatorType, number>();
	readonly #ordered: Indicator[] = [];
	readonly #maxPerType: number;
	readonly #maxIndicators: number;

	readonly #unwanted: ReadonlySet<IndicatorType>;

	readonly #options: ExtractOptions;

	/** @throws SettingError `SETTING_INVALID` */
	constructor(options: ExtractOptions) {
		this.#options = options;
		this.#unwanted = unwantedTypes(options);
		const { maxPerType, maxIndicators } = INDICATOR_LIMITS;
		const atMost = (name: 'maxIndicators' | 'maxPerType', otherwise: number) =>
			wholeNumber(name, options[name], { least: 0, most: SETTING_LIMITS.maxCount, otherwise });
		this.#maxIndicators = atMost('maxIndicators', maxIndicators);
		// Whoever wants more wants more of each type, and no type is to leave the others without room.
		const share = Math.floor((this.#maxIndicators * maxPerType) / maxIndicators);
		this.#maxPerType = atMost('maxPerType', Math.max(maxPerType, share));
	}

	add(sighting: Sighting): void {
		const { type, value } = sighting.found;
		if (this.#unwanted.has(type)) return;
		const hashes = sighting.found.type === 'file' ? Object.values(sighting.found.hashes) : undefined;
		let values = this.#byType.get(type);
		if (values === undefined) this.#byType.set(type, (values = new Map<string, Indicator>()));
		const known = hashes === undefined ? values.get(value) : this.#fileOf(hashes, values);
		if (known !== undefined) {
			merge(known, sighting);
			if (hashes !== undefined) for (const hash of hashes) values.set(hash, known);
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
		else for (const hash of hashes) values.set(hash, indicator);
	}

	/**
	 * The file that one of these hashes is of. A text may name a file by one hash first, and then by another: they are one file as soon
	 * as something has both.
	 */
	#fileOf(hashes: readonly string[], values: Map<string, Indicator>): Indicator | undefined {
		const files = [...new Set(hashes.flatMap((hash) => values.get(hash) ?? []))];
		if (files.length < 2) return files[0];
		const [first, ...others] = files.sort((one, other) => this.#ordered.indexOf(one) - this.#ordered.indexOf(other));
		for (const other of others) {
			if (contradict(first!.hashes, other.hashes)) continue;
			absorb(first!, other);
			for (const hash of Object.values(other.hashes ?? {})) values.set(hash, first!);
			this.#ordered.splice(this.#ordered.indexOf(other), 1);
			this.#perType.set('file', (this.#perType.get('file') ?? 1) - 1);
		}
		return first;
	}

	/** Findings that a maximum left out, of all types. */
	get omittedFindings(): number {
		return [...this.#omitted.values()].reduce((sum, count) => sum + count, 0);
	}

	finish(): Indicator[] {
		const { exclude = [], onOmitted, onLeftOut } = this.#options;
		if (onOmitted !== undefined) for (const [type, count] of this.#omitted) onOmitted(type, count);
		const { indicators, leftOut } = withoutFlagged(this.#ordered, exclude);
		onLeftOut?.(leftOut);
		return indicators;
	}
}

function unwantedTypes({ urls, domains, ips, emailAddresses }: ExtractOptions): ReadonlySet<IndicatorType> {
	const types: IndicatorType[] = [];
	if (urls === false) types.push('url');
	if (domains === false) types.push('domain-name');
	if (ips === false) types.push('ipv4-addr', 'ipv6-addr');
	if (emailAddresses === false) types.push('email-addr');
	return new Set(types);
}

function indicatorOf(sighting: Sighting): Indicator {
	const { found, original, defanged, place, offset, derivedFrom } = sighting;
	const flags = new Set(sighting.flags);
	for (const flag of place.flags ?? []) flags.add(flag);
	const indicator: Indicator = {
		type: found.type,
		value: found.value,
		original,
		defanged,
		sources: [sourceOf(place, offset)],
		flags: [...flags],
	};
	if (found.type === 'file') {
		indicator.hashes = { ...found.hashes };
		if (found.name !== undefined) indicator.fileName = found.name;
	}
	if (derivedFrom !== undefined) indicator.derivedFrom = derivedFrom;
	addJudgement(indicator, sighting);
	const registrableDomain = registrableOf(found);
	if (registrableDomain !== undefined) indicator.registrableDomain = registrableDomain;
	return indicator;
}

function registrableOf(found: Value): string | undefined {
	if (found.type === 'domain-name') return found.registrable;
	if (found.type === 'url') return found.host?.registrable;
	return found.type === 'email-addr' ? found.domain.registrable : undefined;
}

function sourceOf({ part, field, text }: Place, offset: number | undefined): IndicatorSource {
	const source: IndicatorSource = { part };
	if (field !== undefined) source.field = field;
	if (offset !== undefined) source.offset = offset;
	if (text !== undefined) source.text = text;
	return source;
}

function merge(known: Indicator, sighting: Sighting): void {
	const { found, place, offset, defanged, flags } = sighting;
	addSource(known, sourceOf(place, offset));
	if (defanged) known.defanged = true;
	mergeFlags(known, flags, place.flags ?? []);
	addJudgement(known, sighting);
	if (found.type === 'file') mergeFiles(known, found);
}

function addJudgement(indicator: Indicator, { resembles, warningLists }: Sighting): void {
	if (resembles !== undefined) indicator.resembles ??= resembles;
	if (warningLists !== undefined) indicator.warningLists ??= [...warningLists];
}

/** The first places are kept. That a value stands in an attached message, too, is told whatever the message around it repeats. */
function addSource({ sources }: Indicator, source: IndicatorSource): void {
	const isAttached = ({ part }: IndicatorSource): boolean => part.includes('/');
	if (sources.length < INDICATOR_LIMITS.maxSources) sources.push(source);
	else if (isAttached(source) && !sources.some(isAttached)) sources[sources.length - 1] = source;
}

/** Two files of one MD5 are two files. */
function contradict(one: Indicator['hashes'] = {}, other: Indicator['hashes'] = {}): boolean {
	return Object.entries(one).some(([name, hash]) => {
		const theirs = other[name as keyof typeof other];
		return theirs !== undefined && theirs !== hash;
	});
}

function absorb(known: Indicator, other: Indicator): void {
	for (const source of other.sources) addSource(known, source);
	known.defanged ||= other.defanged;
	mergeFlags(known, [], other.flags);
	known.hashes = { ...other.hashes, ...known.hashes };
	if (other.fileName !== undefined) known.fileName ??= other.fileName;
	if (other.resembles !== undefined) known.resembles ??= other.resembles;
	if (other.warningLists !== undefined) known.warningLists ??= other.warningLists;
}

function mergeFiles(known: Indicator, { hashes, name }: FileValue): void {
	known.hashes = { ...known.hashes, ...hashes };
	known.value = fileValue(known.hashes) ?? known.value;
	if (name !== undefined) known.fileName ??= name;
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
