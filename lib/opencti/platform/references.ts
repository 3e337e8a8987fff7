import { stixId } from '../../stix';
import { OPENCTI_LIMITS } from '../../limits';
import {
	anyOf,
	DOMAIN_OBJECT,
	EXTERNAL_REFERENCE_ADD,
	IDENTITY_ADD,
	LABEL_ADD,
	LABELS,
	MARKINGS,
	nodesOf,
	VOCABULARY,
	VOCABULARY_ADD,
	type ExternalReferenceInput,
	type IdentityType,
	type MarkingNode,
	type ObjectNode,
	type OpenCtiDocument,
	type VocabularyCategory,
} from '../documents';
import { OpenCtiError } from './errors';
import { findMarking } from './markings';
import { allPages } from './pages';
import { sideBySide } from './sideBySide';

/** Identity class of an author that is made when it is missing. */
export type AuthorKind = 'organization' | 'individual' | 'system';

/** By name (made when missing), or by the id of an identity that exists. */
export type DraftAuthor = { name: string; kind: AuthorKind } | { id: string };

/** An external reference: a source and what names the thing there, an id or a URL. */
export interface DraftReference {
	sourceName: string;
	externalId?: string | undefined;
	url?: string | undefined;
	description?: string | undefined;
}

/** What to do with a label or vocabulary value that the platform does not have. */
export type MissingValues = 'create' | 'skip' | 'error';

/** One operation on the platform. */
export type Call = <V, D>(document: OpenCtiDocument<V, D>, variables: V) => Promise<D>;

const IDENTITY_TYPES: Record<AuthorKind, IdentityType> = {
	organization: 'Organization',
	individual: 'Individual',
	system: 'System',
};

/**
 * Ids of what a report refers to: markings, author, labels, references. Each is looked up before anything is created,
 * because the platform drops a reference that it cannot resolve, and kept for the life of the client.
 */
export class References {
	#allMarkings?: MarkingNode[];
	#markingsBeingRead?: Promise<MarkingNode[]> | undefined;
	readonly #authors = new Map<string, Promise<string>>();
	readonly #foundAuthors = new Map<string, Promise<ObjectNode | null>>();
	readonly #labelIds = new Map<string, string>();
	readonly #labelsBeingMade = new Map<string, Promise<string>>();
	readonly #vocabularies = new Map<string, Promise<Set<string>>>();

	readonly #call: Call;

	constructor(call: Call) {
		this.#call = call;
	}

	/**
	 * The markings asked for.
	 *
	 * @throws OpenCtiError `OPENCTI_MARKING_UNKNOWN`, with what exists instead
	 */
	async markings(wanted: readonly string[]): Promise<MarkingNode[]> {
		if (wanted.length === 0) return [];
		const fresh = this.#allMarkings === undefined;
		let all = this.#allMarkings ?? (await this.#readMarkings());
		if (!fresh && wanted.some((name) => findMarking(all, name) === undefined)) all = await this.#readMarkings();
		return wanted.map((name) => {
			const found = findMarking(all, name);
			if (found !== undefined) return found;
			const known = all.flatMap(({ definition }) => (definition === null ? [] : [definition])).sort();
			throw new OpenCtiError(
				'OPENCTI_MARKING_UNKNOWN',
				`The platform has no marking ${JSON.stringify(name.slice(0, 100))}, or the user is not allowed to see it`,
				{
					hint: `Nothing was created. Choose one of: ${known.join(', ') || 'none that the user is allowed to see'}.`,
					known,
				},
			);
		});
	}

	/** Those of these ids that are among the markings read before. */
	knownMarkings(ids: readonly (string | null)[]): MarkingNode[] {
		const wanted = new Set(ids);
		return (this.#allMarkings ?? []).filter(({ id, standard_id }) => wanted.has(id) || wanted.has(standard_id));
	}

	/**
	 * Id of the author, made when it is given by name and missing.
	 *
	 * @throws OpenCtiError `OPENCTI_AUTHOR_UNKNOWN`
	 */
	async author(author: DraftAuthor): Promise<string> {
		return once(this.#authors, authorId(author), async () => await this.#findOrMakeAuthor(author));
	}

	/**
	 * Whether the author can be had, where other things are asked for at the same moment: nothing is made.
	 *
	 * @throws OpenCtiError `OPENCTI_AUTHOR_UNKNOWN`
	 */
	async seekAuthor(author: DraftAuthor): Promise<void> {
		if (!this.#authors.has(authorId(author))) usable(author, await this.#findAuthor(authorId(author)));
	}

	#findAuthor(id: string): Promise<ObjectNode | null> {
		return once(this.#foundAuthors, id, async () => (await this.#call(DOMAIN_OBJECT, { id })).stixDomainObject);
	}

	async #findOrMakeAuthor(author: DraftAuthor): Promise<string> {
		const id = authorId(author);
		const found = await this.#findAuthor(id);
		this.#foundAuthors.delete(id);
		const internal = usable(author, found);
		if (internal !== undefined || 'id' in author) return internal ?? id;
		const input = { type: IDENTITY_TYPES[author.kind], name: author.name };
		return (await this.#call(IDENTITY_ADD, { input })).identityAdd.id;
	}

	/** Whether the platform lacks one of these labels. */
	async lacksLabels(values: readonly string[]): Promise<boolean> {
		const wanted = await this.#lookUpLabels(values);
		return [...wanted.keys()].some((id) => !this.#labelIds.has(id));
	}

	/** The labels by their ids; those that the platform has are known then. */
	async #lookUpLabels(values: readonly string[]): Promise<Map<string, string>> {
		const wanted = new Map<string, string>();
		for (const value of values) {
			const id = stixId('label', { value });
			if (!wanted.has(id)) wanted.set(id, value);
		}
		const unknown = [...wanted.keys()].filter((id) => !this.#labelIds.has(id));
		for (let at = 0; at < unknown.length; at += 100) {
			const ids = unknown.slice(at, at + 100);
			const { labels } = await this.#call(LABELS, { first: ids.length, filters: anyOf('ids', ids) });
			for (const { id, standard_id } of nodesOf(labels)) this.#labelIds.set(standard_id, id);
		}
		return wanted;
	}

	/**
	 * Ids of the labels, and the values left out because `missing` is `skip`.
	 *
	 * @throws OpenCtiError `OPENCTI_LABEL_UNKNOWN`
	 */
	async labels(values: readonly string[], missing: MissingValues): Promise<{ ids: string[]; skipped: string[] }> {
		const wanted = await this.#lookUpLabels(values);
		const skipped: string[] = [];
		for (const [id, value] of wanted) {
			if (this.#labelIds.has(id)) continue;
			if (missing === 'skip') skipped.push(value);
			else if (missing === 'create') {
				this.#labelIds.set(id, await once(this.#labelsBeingMade, id, async () => await this.#makeLabel(value)));
			} else {
				throw new OpenCtiError(
					'OPENCTI_LABEL_UNKNOWN',
					`The platform has no label ${JSON.stringify(value.slice(0, 100))}`,
					{
						hint: "Nothing was created. Create the label in OpenCTI (Settings, Taxonomies), or set 'If Labels Are Missing' to Create Them.",
					},
				);
			}
		}
		const ids = [...wanted.keys()].flatMap((id) => this.#labelIds.get(id) ?? []);
		return { ids: [...new Set(ids)], skipped };
	}

	/** Of these labels, those that the platform has, with their ids. Nothing is made. */
	async knownLabels(values: readonly string[]): Promise<Map<string, string>> {
		const wanted = await this.#lookUpLabels(values);
		return new Map(
			[...wanted].flatMap(([standardId, value]) => {
				const id = this.#labelIds.get(standardId);
				return id === undefined ? [] : [[value, id] as const];
			}),
		);
	}

	async #makeLabel(value: string): Promise<string> {
		return (await this.#call(LABEL_ADD, { input: { value } })).labelAdd.id;
	}

	/** Makes the references, or finds them: the platform gives the existing one back. */
	async externalReferences(references: readonly DraftReference[]): Promise<string[]> {
		const ids = await sideBySide(references, OPENCTI_LIMITS.maxRequestsAtOnce, async (reference) => {
			const { sourceName, externalId, url, description } = reference;
			const input: ExternalReferenceInput = {
				source_name: sourceName,
				...(externalId === undefined ? {} : { external_id: externalId }),
				...(url === undefined ? {} : { url }),
				...(description === undefined ? {} : { description }),
			};
			return (await this.#call(EXTERNAL_REFERENCE_ADD, { input })).externalReferenceAdd.id;
		});
		return [...new Set(ids)];
	}

	/**
	 * Values that the vocabulary has; the platform drops the others in silence.
	 *
	 * @throws OpenCtiError `OPENCTI_REPORT_TYPE_UNKNOWN`
	 */
	async vocabulary(
		category: VocabularyCategory,
		values: readonly string[],
		missing: MissingValues,
	): Promise<{ values: string[]; skipped: string[] }> {
		if (values.length === 0) return { values: [], skipped: [] };
		const known = await once(this.#vocabularies, category, async () => {
			const answer = await this.#call(VOCABULARY, { category, first: 1000 });
			return new Set(nodesOf(answer.vocabularies).map(({ name }) => name));
		});
		const skipped: string[] = [];
		for (const name of values) {
			if (known.has(name)) continue;
			if (missing === 'skip') skipped.push(name);
			else if (missing === 'create') {
				await this.#call(VOCABULARY_ADD, { input: { name, category } });
				known.add(name);
			} else {
				throw new OpenCtiError(
					'OPENCTI_REPORT_TYPE_UNKNOWN',
					`${JSON.stringify(name.slice(0, 100))} is not a value of ${category}`,
					{
						hint: `Nothing was created. Choose one of: ${[...known].sort().join(', ')}.`,
						known: [...known].sort(),
					},
				);
			}
		}
		return { values: values.filter((name) => !skipped.includes(name)), skipped };
	}

	/** Whoever asks while they are being read gets the same answer. */
	async #readMarkings(): Promise<MarkingNode[]> {
		this.#markingsBeingRead ??= allPages(
			OPENCTI_LIMITS.maxMarkingPages,
			async (page) => (await this.#call(MARKINGS, page)).markingDefinitions,
		);
		try {
			return (this.#allMarkings = await this.#markingsBeingRead);
		} finally {
			this.#markingsBeingRead = undefined;
		}
	}
}

/** The id by which an author is looked up. */
export const authorId = (author: DraftAuthor) =>
	'id' in author ? author.id : stixId('identity', { name: author.name, identity_class: author.kind });

/** The id of an author who was found; undefined for one that is made by his name. @throws OpenCtiError `OPENCTI_AUTHOR_UNKNOWN` */
function usable(author: DraftAuthor, found: ObjectNode | null): string | undefined {
	const id = authorId(author);
	if (found !== null && !found.parent_types.includes('Identity')) {
		throw new OpenCtiError('OPENCTI_AUTHOR_UNKNOWN', `The author ${id} is a ${found.entity_type}, not an identity`, {
			hint: 'Nothing was created. Use an organization, individual, system or sector.',
		});
	}
	if (found === null && 'id' in author) {
		throw new OpenCtiError(
			'OPENCTI_AUTHOR_UNKNOWN',
			`The platform has no author ${id}, or the user is not allowed to see it`,
			{ hint: 'Nothing was created. Check the ID, or enter the author by name to create it.' },
		);
	}
	return found?.id;
}

/** What is asked for once, however many ask at the same moment; a failure is asked for again. */
function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
	const before = known.get(key);
	if (before !== undefined) return before;
	const asked = ask();
	known.set(key, asked);
	asked.catch(() => known.delete(key));
	return asked;
}
