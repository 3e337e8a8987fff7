import { checkFilters, found, matches, mayUse, organizationsOf, refusal, type Context } from './platform';
import { referencesOf } from './messageReferences';
import { atLeast } from './schema';
import { connection, DOMAIN, IDENTITIES, META, only, present, RELATIONSHIPS, type Page } from './present';
import type { Entity, Row } from './store';

function listOf(context: Context, types: string[], page: Page) {
	return listed(context, context.store.ofType(...types), page);
}

/** Those of the candidates that the filters name and the user may see. */
function listed(context: Context, candidates: readonly Entity[], page: Page) {
	checkFilters(page.filters);
	const chosen = candidates.filter(
		(entity) =>
			// 7.260817.0 shows all markings to everybody, whatever he may use; that older ones do not is believed.
			(entity.type !== 'Marking-Definition' || atLeast(context.version, '7.0') || mayUse(context, entity)) &&
			matches(entity, page.filters),
	);
	return connection(
		chosen.flatMap((entity) => present(context, entity) ?? []),
		page,
	);
}

/** What a filter by ids names: the store knows each by its ids. Undefined for other filters. */
function namedByIds(context: Context, { filters }: Page): Entity[] | undefined {
	const [only, ...others] = filters?.filters ?? [];
	if (only?.key.join() !== 'ids' || others.length > 0) return undefined;
	return [...new Set(only.values.flatMap((id) => found(context, id) ?? []))];
}

/** More than the lab ever holds of one kind. */
const MOST = 100_000;

/**
 * `search` of a list. Believed: a part of the name, whatever its case, as the platform's own pages use it. The page is taken of what it
 * leaves.
 */
function searched({ edges }: { edges: { node: Row }[] }, { search, ...page }: Row, field: string) {
	const wanted = String(search ?? '').toLowerCase();
	return connection(
		edges.map(({ node }) => node).filter((node) => String(node[field]).toLowerCase().includes(wanted)),
		page as Page,
	);
}

/** A list in the order that is asked for; the page is taken of it. */
function ordered({ edges }: { edges: { node: Row }[] }, { orderBy, orderMode, ...page }: Row) {
	const textOf = ({ [String(orderBy)]: value }: Row) => (value instanceof Date ? value.toISOString() : String(value));
	const nodes = edges.map(({ node }) => node);
	if (orderBy !== undefined && orderBy !== null) nodes.sort((one, other) => textOf(one).localeCompare(textOf(other)));
	return connection(orderMode === 'desc' ? nodes.reverse() : nodes, page as Page);
}

export const queries: Record<string, (args: Row, context: Context) => unknown> = {
	about: (_args, { version }) => ({ version }),
	me: (_args, context) => {
		const user = context.user!;
		const markings = context.store.ofType('Marking-Definition').filter((marking) => mayUse(context, marking));
		return {
			id: user.id,
			name: user.name,
			user_email: user.email,
			capabilities: user.capabilities.map((name) => ({ id: name, name })),
			allowed_marking: markings.map((marking) => present(context, marking)),
			objectOrganization: connection(
				organizationsOf(context).map(({ id, data }) => ({ id, name: String(data['name']) })),
			),
			effective_confidence_level: { max_confidence: user.maxConfidence },
			draftContext: user.draftContext === undefined ? null : (context.store.drafts.get(user.draftContext) ?? null),
		};
	},
	markingDefinitions: (args, context) => listOf(context, ['Marking-Definition'], args),
	labels: (args, context) => searched(listOf(context, ['Label'], { ...args, first: MOST }), args, 'value'),
	organizations: (args, context) => listOf(context, ['Organization'], args),
	identities: (args, context) =>
		searched(listOf(context, args.types ?? IDENTITIES, { ...args, first: MOST }), args, 'name'),
	draftWorkspaces: (args, { store }) =>
		searched(
			connection([...store.drafts.values()].map(({ id, name, status }) => ({ id, name, draft_status: status }))),
			args,
			'name',
		),
	externalReferences: (args, context) => listOf(context, ['External-Reference'], args),
	// Ordered as pycti's own list of reports asks it (`opencti_report.py`).
	reports: ({ orderBy, orderMode, search, filters, ...page }, context) =>
		searched(
			ordered(listOf(context, ['Report'], { filters, first: MOST }), { orderBy, orderMode, first: MOST }),
			{ ...page, search },
			'name',
		),
	vocabularies: (args, context) => {
		const entries = context.store
			.ofType('Vocabulary')
			.filter((entry) => (!args.category || entry.data['category'] === args.category) && matches(entry, args.filters));
		return connection(
			entries.map((entry) => ({ id: entry.id, ...entry.data })),
			args,
		);
	},
	externalReference: (args, context) => only(context, args.id, ['External-Reference']),
	report: (args, context) => only(context, args.id, ['Report']),
	incident: (args, context) => only(context, args.id, ['Incident']),
	note: (args, context) => only(context, args.id, ['Note']),
	notes: (args, context) => listOf(context, ['Note'], args),
	caseIncident: (args, context) => only(context, args.id, ['Case-Incident']),
	stixDomainObject: (args, context) => only(context, args.id, DOMAIN),
	container: (args, context) => only(context, args.id, ['Report', 'Case-Incident', 'Observed-Data', 'Note']),
	stixCoreObject: (args, context) => {
		const entity = found(context, args.id);
		return entity !== undefined && META.includes(entity.type) ? null : present(context, entity);
	},
	stixCyberObservable: (args, context) => {
		const entity = found(context, args.id);
		return entity === undefined || [...META, ...DOMAIN, ...RELATIONSHIPS].includes(entity.type)
			? null
			: present(context, entity);
	},
	// Many by their ids, in one request: seen on 6.1.13, 6.4.11 and 7.260817.0. What the user may not see is not among them.
	stixCoreObjects: (args, context) => {
		const named = namedByIds(context, args) ?? [...context.store.entities.values()];
		const isObject = ({ type }: Entity) =>
			![...META, ...RELATIONSHIPS].includes(type) && (!args.types || args.types.includes(type));
		return listed(context, named.filter(isObject), args);
	},
	stixCoreRelationships: ({ fromId, toId, relationship_type: types, ...page }, { store, ...rest }) => {
		const context = { store, ...rest };
		const ids = (given: string[]) => given.flatMap((id) => found(context, id)?.id ?? []);
		const named = namedByIds(context, page);
		const starting = fromId ? ids(fromId).flatMap((id) => store.startingFrom(id)) : undefined;
		const ends = toId ? new Set(ids(toId)) : undefined;
		const candidates = (named ?? starting ?? store.ofType('relationship')).filter(
			({ type, data }) =>
				type === 'relationship' &&
				(!ends || ends.has(data['toId'])) &&
				(!types || types.includes(data['relationship_type'])),
		);
		return listed(context, candidates, page);
	},
	// Believed: the filter was seen on relationships and objects only.
	stixSightingRelationships: (args, context) => listOf(context, ['sighting'], args),
	stixNestedRefRelationships: (args, context) => connection(referencesOf(context, args), args),
	caseTemplates: (args) => connection([{ id: 'template-phishing', name: 'Phishing' }], args),
	members: (args, context) =>
		connection(
			[{ id: context.user!.id, name: context.user!.name, entity_type: 'User' }].filter(
				(member) => !args.search || member.name.toLowerCase().includes(String(args.search).toLowerCase()),
			),
			args,
		),
	connectorsForImport: (_args, { store }) =>
		[...store.connectors.values()]
			.filter(({ type }) => type === 'INTERNAL_IMPORT_FILE')
			.map(({ id, name, scope, type }) => ({
				id,
				name,
				active: true,
				connector_scope: scope,
				connector_type: type,
				auto: true,
			})),
	work: (args, { store }) => {
		const work = store.works.get(args.id);
		if (work === undefined) throw refusal('RESOURCE_NOT_FOUND', 'Work not found');
		return { ...work, errors: work.errors.map((message) => ({ message, timestamp: new Date(0) })) };
	},
};
