import { plainText } from '../../json';
import type { AnyStixObject } from '../../stix';
import { CREATE_DEFAULTS } from '../container';
import type { CreatedNode, MarkingNode } from '../documents';
import {
	capabilityName,
	missingMarkings,
	OpenCtiError,
	strictest,
	type MissingValues,
	type Platform,
} from '../platform';
import { markingRefs, refsIn } from './bundleObjects';
import type { ObjectDescription } from './describeObjects';
import type { Placed, Placements } from './placements';
import { markingsOf, type Unproved } from './proveMarkings';
import { kindOf, type ObjectKind } from './stixObjects';

export interface MakerOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues;
	/** What is made is marked as the bundle says and, of each kind of marking, with these. */
	atLeast: readonly MarkingNode[];
	/** Authors stand behind reports of every marking: theirs is their own. */
	authors: ReadonlySet<string>;
	/** What is known of objects besides, by their STIX ids. */
	described?: ReadonlyMap<string, ObjectDescription> | undefined;
}

/** Labels that an object says itself: STIX' own, and OpenCTI's of observables, which have none in STIX. */
export const labelsOf = (object: AnyStixObject): string[] => [
	...refsIn(object, 'labels'),
	...refsIn(object, 'x_opencti_labels'),
];

/** Makes objects, marked and labelled, one call each. */
export class ObjectMaker {
	/** Made, and answered without a marking that was asked for: a read decides. */
	readonly unproved: Unproved[] = [];
	/** The first creation that was refused for want of a right, while nothing was made: the next ones would be, too. */
	forbidden?: OpenCtiError;
	#somethingMade = false;
	/** Ids of labels; undefined for those that the platform does not have. */
	readonly #labels = new Map<string, string | undefined>();
	readonly #platform: Platform;
	readonly #placements: Placements;
	readonly #options: MakerOptions;

	constructor(platform: Platform, placements: Placements, options: MakerOptions) {
		this.#platform = platform;
		this.#placements = placements;
		this.#options = options;
	}

	/** Looks up, or makes, the labels of what is about to be made, in one go. */
	async prepare(objects: readonly AnyStixObject[]): Promise<void> {
		const made = objects.filter(({ type }) => kindOf(type) !== undefined);
		const own = new Set(made.flatMap(labelsOf));
		const known = new Set(made.flatMap((object) => this.#known(object).labels).filter((label) => !own.has(label)));
		await Promise.all([this.#makeLabels([...own]), this.#makeKnownLabels([...known])]);
	}

	#known({ id }: AnyStixObject): ObjectDescription {
		return this.#options.described?.get(id) ?? { labels: [] };
	}

	/** How an object has to be marked. */
	async markingsFor(object: AnyStixObject): Promise<MarkingNode[]> {
		const own = await this.#platform.references.markings(markingRefs(object));
		const isAuthor = object.type === 'identity' && this.#options.authors.has(object.id);
		return isAuthor ? own : strictest([...own, ...this.#options.atLeast]);
	}

	/**
	 * @param about.basedOn Ids on the platform of what an indicator is based on: it is made with them.
	 * @param about.exists It is there, and is to say what the bundle says: what only is known of it, is not written over that.
	 * @throws OpenCtiError, and whatever odd values of the object make the code throw
	 */
	async make(
		object: AnyStixObject,
		kind: ObjectKind,
		{ basedOn = [], exists = false }: { basedOn?: readonly string[]; exists?: boolean } = {},
	): Promise<Placed> {
		if (this.forbidden !== undefined && !this.#somethingMade) throw this.forbidden;
		const asked = await this.markingsFor(object);
		const author = await this.#placements.authorOf(object);
		const { labels: ofRoles, ...known } = this.#known(object);
		const labels = await this.#idsOfLabels([...new Set([...labelsOf(object), ...ofRoles])]);
		const common = {
			...(author === undefined ? {} : { createdBy: author }),
			...(asked.length === 0 ? {} : { objectMarking: asked.map(({ id }) => id) }),
			...(labels.length === 0 ? {} : { objectLabel: labels }),
		};
		let made: CreatedNode;
		try {
			const links = { idOf: (id: unknown) => this.#placements.idOf(id), common, basedOn, known: exists ? {} : known };
			made = await kind.create(this.#platform, object, links);
		} catch (error) {
			if (error instanceof OpenCtiError && error.code === 'OPENCTI_FORBIDDEN') this.forbidden ??= error;
			throw error;
		}
		const others = (made.x_opencti_stix_ids ?? []).filter((id) => id !== object.id && id !== made.standard_id);
		const node: Placed = {
			...made,
			existed: false,
			isOurs: made.x_opencti_stix_ids !== undefined && others.length === 0,
		};
		this.#somethingMade = true;
		if (made.revoked === true && object['revoked'] !== true) {
			const until = made.valid_until ? ` on ${made.valid_until}` : '';
			const name = JSON.stringify(plainText(object['name'] ?? object['pattern']).slice(0, 100));
			this.#placements.warn(
				'indicator-revoked',
				object.id,
				`The platform created the indicator ${name} as revoked: by its rules an indicator from ${plainText(object['valid_from'])} ends${until}.`,
			);
		}
		if (missingMarkings(asked, markingsOf(node)).length > 0) this.unproved.push({ object, node, asked });
		return node;
	}

	/** Ids of labels, those that were prepared and others. What the platform does not have is left out. */
	async #idsOfLabels(values: readonly string[]): Promise<string[]> {
		const unknown = values.filter((label) => !this.#labels.has(label));
		if (unknown.length > 0) await this.#makeLabels(unknown);
		return [...new Set(values.flatMap((label) => this.#labels.get(label) ?? []))];
	}

	/** A user who may not make labels gets the object without them. */
	async #makeLabels(values: readonly string[]): Promise<void> {
		if (values.length === 0) return;
		const { references } = this.#platform;
		const { missingLabels = CREATE_DEFAULTS.missingLabels } = this.#options;
		const { idByValue, skipped } = await attempted(values, missingLabels, references);
		for (const value of values) this.#labels.set(value, idByValue.get(value));
		for (const label of skipped) {
			const name = JSON.stringify(label.slice(0, 100));
			this.#placements.warn('label-unknown', label, `The platform has no label ${name}: left out.`);
		}
	}

	/** Those that nobody asked for: that one is missing stops nothing, and the first result of a client that meets it tells it for all. */
	async #makeKnownLabels(values: readonly string[]): Promise<void> {
		if (values.length === 0) return;
		const { references, rights } = this.#platform;
		const { missingLabels = CREATE_DEFAULTS.missingLabels } = this.#options;
		const mayMake = missingLabels === 'create' && (await rights.has('SETTINGS_SETLABELS'));
		const { idByValue, skipped } = await attempted(values, mayMake ? 'create' : 'skip', references);
		for (const value of values) this.#labels.set(value, idByValue.get(value));
		const untold = this.#platform.untold(ROLE_LABELS, skipped);
		if (untold.length === 0) return;
		const isForbidden = missingLabels === 'create';
		const why = isForbidden
			? `, and its user may not create them, for want of the capability ${capabilityName('SETTINGS_SETLABELS')}`
			: '';
		const hint = isForbidden ? ', grant the capability' : '';
		const message = `The platform does not have the labels ${untold.join(', ')}${why}. What observables are in the message stands in their descriptions only. This is told once for all messages: let an administrator create the labels in OpenCTI (Settings, Taxonomies, Labels)${hint}, or set 'Label Observables' to off.`;
		this.#platform.logger?.warn(`OpenCTI: ${message}`);
		this.#placements.warn('label-unknown', ROLE_LABELS, message);
	}
}

/** What is not allowed is left out: in a draft a role may allow less than elsewhere, which only the platform tells. */
function attempted(
	values: readonly string[],
	missing: MissingValues,
	references: Platform['references'],
): ReturnType<Platform['references']['labels']> {
	return references.labels(values, missing).catch((error: unknown) => {
		if (!(error instanceof OpenCtiError) || error.code !== 'OPENCTI_FORBIDDEN') throw error;
		return references.labels(values, 'skip');
	});
}

/** What a warning is about that no one label causes. */
const ROLE_LABELS = 'labels of observables';
