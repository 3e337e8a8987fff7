import type { AnyStixObject } from '../../stix';
import { CREATE_DEFAULTS } from '../container';
import type { CreatedNode, MarkingNode } from '../documents';
import { missingMarkings, OpenCtiError, strictest, type MissingValues, type Platform } from '../platform';
import { markingRefs, refsIn } from './bundleObjects';
import type { Placed, Placements } from './placements';
import { markingsOf, type Unproved } from './proveMarkings';
import type { ObjectKind } from './stixObjects';

export interface MakerOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues;
	/** What is made is marked as the bundle says and, of each kind of marking, with these. */
	atLeast: readonly MarkingNode[];
	/** Authors stand behind reports of every marking: theirs is their own. */
	authors: ReadonlySet<string>;
}

/** Makes objects, marked and labelled, one call each. */
export class ObjectMaker {
	/** Made, and answered without a marking that was asked for: a read decides. */
	readonly unproved: Unproved[] = [];
	/** The first creation that was refused for want of a right, while nothing was made: the next ones would be, too. */
	forbidden?: OpenCtiError;
	#somethingMade = false;
	readonly #platform: Platform;
	readonly #placements: Placements;
	readonly #options: MakerOptions;

	constructor(platform: Platform, placements: Placements, options: MakerOptions) {
		this.#platform = platform;
		this.#placements = placements;
		this.#options = options;
	}

	/** @throws OpenCtiError, and whatever odd values of the object make the code throw */
	async make(object: AnyStixObject, kind: ObjectKind): Promise<Placed> {
		if (this.forbidden !== undefined && !this.#somethingMade) throw this.forbidden;
		const own = await this.#platform.references.markings(markingRefs(object));
		const isAuthor = object.type === 'identity' && this.#options.authors.has(object.id);
		const asked = isAuthor ? own : strictest([...own, ...this.#options.atLeast]);
		const author = this.#placements.idOf(object['created_by_ref']);
		const labels = await this.#labelsOf(object);
		const common = {
			...(author === undefined ? {} : { createdBy: author }),
			...(asked.length === 0 ? {} : { objectMarking: asked.map(({ id }) => id) }),
			...(labels.length === 0 ? {} : { objectLabel: labels }),
		};
		let made: CreatedNode;
		try {
			made = await kind.create(this.#platform, object, { idOf: (id) => this.#placements.idOf(id), common });
		} catch (error) {
			if (error instanceof OpenCtiError && error.code === 'OPENCTI_FORBIDDEN') this.forbidden ??= error;
			throw error;
		}
		const node: Placed = { ...made, existed: false };
		this.#somethingMade = true;
		if (missingMarkings(asked, markingsOf(node)).length > 0) this.unproved.push({ object, node, asked });
		return node;
	}

	/** A user who may not make labels gets the object without them. */
	async #labelsOf(object: AnyStixObject): Promise<string[]> {
		const { references } = this.#platform;
		const values = refsIn(object, 'labels');
		const { missingLabels = CREATE_DEFAULTS.missingLabels } = this.#options;
		const { ids, skipped } = await references.labels(values, missingLabels).catch((error: unknown) => {
			if (!(error instanceof OpenCtiError) || error.code !== 'OPENCTI_FORBIDDEN') throw error;
			return references.labels(values, 'skip');
		});
		for (const label of skipped) {
			const name = JSON.stringify(label.slice(0, 100));
			this.#placements.warn('label-unknown', label, `The platform has no label ${name}: left out.`);
		}
		return ids;
	}
}
