import { OPENCTI_LIMITS } from '../../limits';
import {
	DRAFT_WORKSPACES,
	IDENTITIES_LIKE,
	LABELS_LIKE,
	MARKINGS,
	nodesOf,
	REPORTS_LIKE,
	VOCABULARY,
	type VocabularyCategory,
} from '../documents';
import { allPages } from './pages';
import type { Call } from './references';

/** Something to choose: what is stored of the choice, and what people read. */
export interface Choice {
	value: string;
	name: string;
}

/**
 * What a platform offers to choose from. The first ones, by name; `search` narrows them as the platform's own lists do.
 */
export interface Choices {
	/** The markings by their definitions, all of them. */
	markings(): Promise<Choice[]>;
	labels(search?: string): Promise<Choice[]>;
	/** The values of one vocabulary, such as `report_types_ov`. */
	vocabulary(category: VocabularyCategory): Promise<Choice[]>;
	/** Identities, by their standard ids: another platform gives the same ones the same ids. */
	authors(search?: string): Promise<Choice[]>;
	/** Reports, the latest first, by their internal ids. */
	reports(search?: string): Promise<Choice[]>;
	/** Draft workspaces that are open (OpenCTI 6.6 on). */
	drafts(search?: string): Promise<Choice[]>;
}

/** Kinds of identities that a report's author can be. */
const AUTHORS = ['Organization', 'Individual', 'System', 'Sector'] as const;

/** The choices of a platform, asked for when somebody wants to see them. */
export class PlatformChoices implements Choices {
	readonly #call: Call;
	readonly #callLive: Call;

	/** @param callLive The same on live data, wherever the work goes otherwise. */
	constructor(call: Call, callLive: Call) {
		this.#call = call;
		this.#callLive = callLive;
	}

	async markings(): Promise<Choice[]> {
		const nodes = await allPages(
			OPENCTI_LIMITS.maxMarkingPages,
			async (page) => (await this.#call(MARKINGS, page)).markingDefinitions,
		);
		return byName(nodes.flatMap(({ definition }) => (definition === null ? [] : [named(definition)])));
	}

	async labels(search?: string): Promise<Choice[]> {
		const { labels } = await this.#call(LABELS_LIKE, page(search));
		return byName(nodesOf(labels).map(({ value }) => named(value)));
	}

	async vocabulary(category: VocabularyCategory): Promise<Choice[]> {
		const { vocabularies } = await this.#call(VOCABULARY, { category, ...page() });
		return byName(nodesOf(vocabularies).map(({ name }) => named(name)));
	}

	async authors(search?: string): Promise<Choice[]> {
		const { identities } = await this.#call(IDENTITIES_LIKE, { types: AUTHORS, ...page(search) });
		return byName(
			nodesOf(identities).map(({ standard_id, name, entity_type }) => ({
				value: standard_id,
				name: entity_type === 'Organization' ? name : `${name} (${entity_type})`,
			})),
		);
	}

	async reports(search?: string): Promise<Choice[]> {
		const { reports } = await this.#call(REPORTS_LIKE, page(search));
		return nodesOf(reports).map(({ id, name, created }) => ({
			value: id,
			name: created ? `${name} (${created.slice(0, 10)})` : name,
		}));
	}

	async drafts(search?: string): Promise<Choice[]> {
		const { draftWorkspaces } = await this.#callLive(DRAFT_WORKSPACES, page(search));
		const open = nodesOf(draftWorkspaces).filter(({ draft_status }) => draft_status !== 'validated');
		return byName(open.map(({ id, name }) => ({ value: id, name })));
	}
}

const named = (name: string): Choice => ({ value: name, name });

function page(search?: string): { first: number; search?: string } {
	const wanted = search?.trim();
	return { first: OPENCTI_LIMITS.maxChoices, ...(wanted ? { search: wanted } : {}) };
}

const byName = (choices: readonly Choice[]): Choice[] =>
	[...choices].sort((one, other) => one.name.localeCompare(other.name, 'en'));
