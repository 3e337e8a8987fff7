import { mutation, query, type Connection, type FilterGroup } from './document';

export interface MarkingNode {
	id: string;
	standard_id: string;
	definition_type: string | null;
	definition: string | null;
	x_opencti_order: number;
}

export const MARKINGS = query<{ first: number; after?: string }, { markingDefinitions: Connection<MarkingNode> }>(
	`
query EmailIntelMarkings($first: Int, $after: ID) {
	markingDefinitions(first: $first, after: $after) {
		edges { node { id standard_id definition_type definition x_opencti_order } }
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ required: ['markingDefinitions'], needs: ['KNOWLEDGE'] },
);

export interface LabelNode {
	id: string;
	standard_id: string;
	value: string;
}

export const LABELS = query<{ first: number; filters: FilterGroup }, { labels: Connection<LabelNode> }>(
	`
query EmailIntelLabels($first: Int, $filters: FilterGroup) {
	labels(first: $first, filters: $filters) {
		edges { node { id standard_id value } }
	}
}`,
	{ required: ['labels'], joins: true, needs: ['KNOWLEDGE'] },
);

export const LABEL_ADD = mutation<{ input: { value: string } }, { labelAdd: LabelNode }>(
	`
mutation EmailIntelLabelAdd($input: LabelAddInput!) {
	labelAdd(input: $input) { id standard_id value }
}`,
	{ required: ['labelAdd'], needs: ['SETTINGS_SETLABELS'] },
);

export interface ObjectNode {
	id: string;
	standard_id: string;
	entity_type: string;
	parent_types: string[];
}

/** Any object by internal id, standard id or STIX id; null when there is none. */
export const DOMAIN_OBJECT = query<{ id: string }, { stixDomainObject: ObjectNode | null }>(
	`
query EmailIntelDomainObject($id: String!) {
	stixDomainObject(id: $id) { id standard_id entity_type parent_types }
}`,
	{ joins: true, needs: ['KNOWLEDGE'] },
);

export type IdentityType = 'Organization' | 'Individual' | 'System' | 'Sector';

export const IDENTITY_ADD = mutation<
	{ input: { type: IdentityType; name: string } },
	{ identityAdd: { id: string; standard_id: string; name: string } }
>(
	`
mutation EmailIntelIdentityAdd($input: IdentityAddInput!) {
	identityAdd(input: $input) { id standard_id name }
}`,
	{ required: ['identityAdd'], needs: ['KNOWLEDGE_KNUPDATE'] },
);

export interface ExternalReferenceInput {
	source_name: string;
	url?: string;
	external_id?: string;
	description?: string;
}

export const EXTERNAL_REFERENCE_ADD = mutation<
	{ input: ExternalReferenceInput },
	{ externalReferenceAdd: { id: string; standard_id: string } }
>(
	`
mutation EmailIntelExternalReferenceAdd($input: ExternalReferenceAddInput!) {
	externalReferenceAdd(input: $input) { id standard_id }
}`,
	{ required: ['externalReferenceAdd'], joins: true, needs: ['KNOWLEDGE_KNUPDATE'] },
);

/** Vocabularies of the platform whose values a report or a case takes. */
export type VocabularyCategory =
	| 'report_types_ov'
	| 'incident_response_types_ov'
	| 'case_severity_ov'
	| 'case_priority_ov'
	| 'incident_type_ov'
	| 'incident_severity_ov'
	| 'reliability_ov';

export const VOCABULARY = query<
	{ category: VocabularyCategory; first: number },
	{ vocabularies: Connection<{ id: string; name: string }> }
>(
	`
query EmailIntelVocabulary($category: VocabularyCategory, $first: Int) {
	vocabularies(category: $category, first: $first) {
		edges { node { id name } }
	}
}`,
	{ required: ['vocabularies'] },
);

export const VOCABULARY_ADD = mutation<
	{ input: { name: string; category: string } },
	{ vocabularyAdd: { id: string; name: string } }
>(
	`
mutation EmailIntelVocabularyAdd($input: VocabularyAddInput!) {
	vocabularyAdd(input: $input) { id name }
}`,
	{ required: ['vocabularyAdd'], needs: ['SETTINGS_SETVOCABULARIES'] },
);
