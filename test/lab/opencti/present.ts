import { found, visible, type Context, type FilterGroup } from './platform';
import type { Entity, Row, StoredFile } from './store';

export interface Upload {
	fileName: string;
	bytes: Buffer;
}

const TYPE_NAMES: Record<string, string> = {
	'Case-Incident': 'CaseIncident',
	'Observed-Data': 'ObservedData',
	'Marking-Definition': 'MarkingDefinition',
	'External-Reference': 'ExternalReference',
	relationship: 'StixCoreRelationship',
	sighting: 'StixSightingRelationship',
};
export const IDENTITIES = ['Organization', 'Individual', 'System', 'Sector'];
const IDENTITY_CLASSES: Record<string, string> = {
	Organization: 'organization',
	Individual: 'individual',
	System: 'system',
	Sector: 'class',
};
export const DOMAIN = [
	'Report',
	'Case-Incident',
	'Incident',
	'Attack-Pattern',
	'Vulnerability',
	'Indicator',
	'Observed-Data',
	'Note',
	...IDENTITIES,
];
export const RELATIONSHIPS = ['relationship', 'sighting'];
export const META = ['Marking-Definition', 'Label', 'External-Reference', 'Vocabulary'];

const typeName = (type: string) => TYPE_NAMES[type] ?? type.replaceAll('-', '');

function parentTypes(type: string): string[] {
	if (META.includes(type)) return ['Basic-Object', 'Stix-Object', 'Stix-Meta-Object'];
	if (!DOMAIN.includes(type)) return ['Basic-Object', 'Stix-Object', 'Stix-Core-Object', 'Stix-Cyber-Observable'];
	const parents = ['Basic-Object', 'Stix-Object', 'Stix-Core-Object', 'Stix-Domain-Object'];
	if (IDENTITIES.includes(type)) parents.push('Identity');
	if (['Report', 'Case-Incident', 'Observed-Data', 'Note'].includes(type)) parents.push('Container');
	return parents;
}

export interface Page {
	first?: number;
	after?: string;
	filters?: FilterGroup;
}

export function connection<T>(nodes: readonly T[], { first = 5000, after }: Page = {}) {
	const start = after === undefined || after === null ? 0 : Number(after);
	const page = nodes.slice(start, start + first);
	return {
		pageInfo: {
			startCursor: String(start),
			endCursor: String(start + page.length),
			hasNextPage: start + page.length < nodes.length,
			hasPreviousPage: start > 0,
			globalCount: nodes.length,
		},
		edges: page.map((node, at) => ({ cursor: String(start + at + 1), node })),
	};
}

export function fileNode(file: StoredFile) {
	return {
		id: file.id,
		name: file.name,
		size: file.bytes.length,
		lastModified: file.version,
		uploadStatus: 'complete',
		metaData: {
			mimetype: file.mimetype,
			version: file.version,
			file_markings: file.markings,
			entity_id: file.entityId ?? null,
		},
	};
}

/** An entity as GraphQL reads it. */
export function present(context: Context, entity: Entity | undefined): Row | null {
	if (!visible(context, entity)) return null;
	const { store } = context;
	const list = (ids: readonly string[]) => ids.flatMap((id) => present(context, found(context, id)) ?? []);
	const {
		objects: _objects,
		objectMarking: _m,
		objectLabel: _l,
		externalReferences: _r,
		createdBy: _c,
		...data
	} = entity.data;
	return {
		revoked: false,
		...data,
		__typename: typeName(entity.type),
		id: entity.id,
		standard_id: entity.standard_id,
		entity_type: entity.type,
		...(entity.type in IDENTITY_CLASSES ? { identity_class: IDENTITY_CLASSES[entity.type] } : {}),
		parent_types: parentTypes(entity.type),
		x_opencti_stix_ids: [...entity.ids].filter((id) => id !== entity.id && id !== entity.standard_id),
		confidence: entity.confidence,
		observable_value: String(
			data['value'] ??
				data['name'] ??
				data['subject'] ??
				data['account_login'] ??
				data['attribute_key'] ??
				data['path'] ??
				'',
		),
		createdBy: () => (entity.author === undefined ? null : present(context, store.get(entity.author))),
		objectMarking: () => list(entity.markings),
		objectLabel: () => list(entity.labels),
		objectOrganization: () => list(entity.organizations),
		externalReferences: (page: Page) => connection(list(entity.references), page),
		objects: (page: Page & { types?: string[] }) =>
			connection(
				list(entity.objects).filter((node) => !page.types || page.types.includes(node['entity_type'])),
				page,
			),
		importFiles: (page: Page) =>
			connection(
				entity.files.map((id) => fileNode(store.files.get(id)!)),
				page,
			),
		references: ({ types }: { types?: string[] }) =>
			connection(
				[...store.entities.values()]
					.filter((owner) => owner.references.includes(entity.id) && (!types || types.includes(owner.type)))
					.flatMap((owner) => present(context, owner) ?? []),
			),
	};
}

export function only(context: Context, id: string, types: string[]) {
	const entity = found(context, id);
	return entity !== undefined && types.includes(entity.type) ? present(context, entity) : null;
}
