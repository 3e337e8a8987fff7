import type { AnyStixObject } from '../../stix';
import { missingMarkings, readExisting, type Platform } from '../platform';
import { refsIn } from './bundleObjects';
import type { ObjectMaker } from './objectMaker';
import type { Placed, Placements } from './placements';
import { markingsOf } from './proveMarkings';

/**
 * What an indicator is based on is made with the indicator, without a request of its own. The answer does not show it: one read for all
 * indicators says what has become of it, and how it is marked.
 */
export class Carriers {
	readonly #platform: Platform;
	readonly #placements: Placements;
	readonly #maker: ObjectMaker;
	readonly #carried: ReadonlyMap<AnyStixObject, readonly AnyStixObject[]>;
	readonly #relationships: ReadonlySet<AnyStixObject>;
	/** Indicators that were made, not found. */
	readonly #made = new Set<AnyStixObject>();
	#read: Promise<ReadonlyMap<string, Placed>> | undefined;
	#indicators: Promise<unknown> = Promise.resolve();

	constructor(
		platform: Platform,
		placements: Placements,
		maker: ObjectMaker,
		carried: ReadonlyMap<AnyStixObject, readonly AnyStixObject[]>,
	) {
		this.#platform = platform;
		this.#placements = placements;
		this.#maker = maker;
		this.#carried = carried;
		this.#relationships = new Set([...carried.values()].flat());
	}

	/** When all indicators are there, or have failed. They wait for nothing that waits for them. */
	areBegun(promiseOf: (indicator: AnyStixObject) => Promise<void> | undefined): void {
		this.#indicators = Promise.all([...this.#carried.keys()].flatMap((indicator) => promiseOf(indicator) ?? []));
	}

	/** Ids on the platform of what an indicator, which is about to be made, is based on. */
	targetsOf(indicator: AnyStixObject): string[] {
		const relationships = this.#carried.get(indicator) ?? [];
		if (relationships.length > 0) this.#made.add(indicator);
		const ids = relationships.flatMap((relationship) => refsIn(relationship, 'target_ref'));
		return [...new Set(ids.flatMap((id) => this.#placements.of(id)?.id ?? []))];
	}

	/** The relationship that was made with its indicator, marked as it must be; undefined for what has to be made by itself. */
	async madeWith(relationship: AnyStixObject): Promise<Placed | undefined> {
		if (!this.#relationships.has(relationship)) return undefined;
		await this.#indicators;
		this.#read ??= this.#readAll();
		const read = await this.#read;
		const node = this.#placements.idsOf(relationship).flatMap((id) => read.get(id) ?? [])[0];
		if (node === undefined) return undefined;
		const asked = await this.#maker.markingsFor(relationship);
		// Older platforms do not mark it: made again, it gets the marking.
		return missingMarkings(asked, markingsOf(node)).length > 0 ? undefined : node;
	}

	async #readAll(): Promise<ReadonlyMap<string, Placed>> {
		const relationships = [...this.#made].flatMap((indicator) => this.#carried.get(indicator) ?? []);
		const ids = relationships.flatMap((relationship) => this.#placements.idsOf(relationship));
		const found = await readExisting(this.#platform, 'relationship', ids);
		return new Map([...found].map(([id, node]) => [id, { ...node, existed: false }]));
	}
}
