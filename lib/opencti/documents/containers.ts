import { mutation, query, type Connection, type FilterGroup } from './document';
import type { MarkingNode } from './references';

/** What is read back of a report, case or incident, so that nothing is believed that is not there. */
export interface ContainerNode {
	id: string;
	standard_id: string;
	entity_type: string;
	name: string;
	confidence: number | null;
	createdBy: { id: string; standard_id: string; name: string } | null;
	objectMarking: MarkingNode[] | null;
	objectLabel: { id: string; value: string }[] | null;
	/** Those that it is shared with. */
	objectOrganization?: { name: string }[] | null;
}

export interface StoredFile {
	id: string;
	name: string;
	size: number | null;
	metaData: { mimetype: string | null; file_markings: string[] | null } | null;
}

/** A report, case or incident that is there, with its text. An incident has no content. */
export interface StoredContainer extends ContainerNode {
	description: string | null;
	content: string | null;
	externalReferences: Connection<{ id: string; source_name: string; external_id: string | null }> | null;
	importFiles: Connection<StoredFile> | null;
}

export interface ReportNode extends ContainerNode {
	published: string;
	report_types: string[] | null;
	x_opencti_reliability: string | null;
}
export type StoredReport = ReportNode & StoredContainer;

export interface CaseNode extends ContainerNode {
	created: string;
	severity: string | null;
	priority: string | null;
	response_types: string[] | null;
}
export type StoredCase = CaseNode & StoredContainer;

export interface IncidentNode extends ContainerNode {
	created: string;
	incident_type: string | null;
	severity: string | null;
	source: string | null;
}
export type StoredIncident = IncidentNode & StoredContainer;

const CONTAINER_FIELDS = `
	id
	standard_id
	entity_type
	name
	confidence
	createdBy { id standard_id name }
	objectMarking { id standard_id definition_type definition x_opencti_order }
	objectLabel { id value }
	objectOrganization { name }`;
const KEPT_FIELDS = `
	description
	externalReferences(first: 1000) { edges { node { id source_name external_id } } }
	importFiles(first: 500) { edges { node { id name size metaData { mimetype file_markings } } } }`;
const STORED_FIELDS = `${KEPT_FIELDS}
	content`;
const REPORT_FIELDS = `${CONTAINER_FIELDS}
	published
	report_types
	x_opencti_reliability`;
const CASE_FIELDS = `${CONTAINER_FIELDS}
	created
	severity
	priority
	response_types`;
const INCIDENT_FIELDS = `${CONTAINER_FIELDS}
	created
	incident_type
	severity
	source`;

/** What all kinds of containers take. */
export interface ContainerInput {
	description?: string;
	content?: string;
	confidence?: number;
	createdBy?: string;
	objectMarking?: string[];
	objectLabel?: string[];
	externalReferences?: string[];
	objects?: string[];
}

export interface ReportInput extends ContainerInput {
	name: string;
	published: string;
	report_types?: string[];
	x_opencti_reliability?: string;
	stix_id?: string;
}

export const REPORT_ADD = mutation<{ input: ReportInput }, { reportAdd: ReportNode }>(
	`
mutation EmailIntelReportAdd($input: ReportAddInput!) {
	reportAdd(input: $input) {${REPORT_FIELDS}
	}
}`,
	{ required: ['reportAdd'], needs: ['KNOWLEDGE_KNUPDATE'] },
);

/** By internal id, standard id or STIX id; null when there is none that the user may see. */
export const REPORT = query<{ id: string }, { report: StoredReport | null }>(
	`
query EmailIntelReport($id: String!) {
	report(id: $id) {${REPORT_FIELDS}${STORED_FIELDS}
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);

/** What is read of reports that are listed: not their texts. */
export type ListedReport = ReportNode & Pick<StoredContainer, 'externalReferences'>;

/** Reports that filters name, the newest first. */
export const REPORTS_BY_FILTERS = query<
	{ first: number; after?: string; filters: FilterGroup },
	{ reports: Connection<ListedReport> }
>(
	`
query EmailIntelReportsByFilters($first: Int, $after: ID, $filters: FilterGroup) {
	reports(first: $first, after: $after, orderBy: published, orderMode: desc, filters: $filters) {
		edges {
			node {${REPORT_FIELDS}
				externalReferences(first: 200) { edges { node { id source_name external_id } } }
			}
		}
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ required: ['reports'], needs: ['KNOWLEDGE'] },
);

export interface CaseInput extends ContainerInput {
	name: string;
	created: string;
	severity?: string;
	priority?: string;
	response_types?: string[];
	objectAssignee?: string[];
	objectParticipant?: string[];
}

export const CASE_INCIDENT_ADD = mutation<{ input: CaseInput }, { caseIncidentAdd: CaseNode }>(
	`
mutation EmailIntelCaseIncidentAdd($input: CaseIncidentAddInput!) {
	caseIncidentAdd(input: $input) {${CASE_FIELDS}
	}
}`,
	{ required: ['caseIncidentAdd'], needs: ['KNOWLEDGE_KNUPDATE'] },
);

export const CASE_INCIDENT = query<{ id: string }, { caseIncident: StoredCase | null }>(
	`
query EmailIntelCaseIncident($id: String!) {
	caseIncident(id: $id) {${CASE_FIELDS}${STORED_FIELDS}
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);

export interface IncidentInput extends Omit<ContainerInput, 'content' | 'objects'> {
	name: string;
	created: string;
	first_seen?: string;
	incident_type?: string;
	severity?: string;
	source?: string;
	objectAssignee?: string[];
	objectParticipant?: string[];
}

export const INCIDENT_ADD = mutation<{ input: IncidentInput }, { incidentAdd: IncidentNode }>(
	`
mutation EmailIntelIncidentAdd($input: IncidentAddInput!) {
	incidentAdd(input: $input) {${INCIDENT_FIELDS}
	}
}`,
	{ required: ['incidentAdd'], needs: ['KNOWLEDGE_KNUPDATE'] },
);

export const INCIDENT = query<{ id: string }, { incident: Omit<StoredIncident, 'content'> | null }>(
	`
query EmailIntelIncident($id: String!) {
	incident(id: $id) {${INCIDENT_FIELDS}${KEPT_FIELDS}
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);

/** What is held by a container, by the ids of the platform. */
export const HELD = query<
	{ id: string; first: number; after?: string },
	{ container: { objects: Connection<{ id?: string }> | null } | null }
>(
	`
query EmailIntelHeld($id: String, $first: Int, $after: ID) {
	container(id: $id) {
		objects(first: $first, after: $after, all: true) {
			edges { node { ... on BasicObject { id } ... on BasicRelationship { id } } }
			pageInfo { hasNextPage endCursor }
		}
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);

/** Reports, cases and incidents that carry an external reference. */
export const REFERENCED = query<
	{ id: string; types: string[] },
	{
		externalReference: {
			id: string;
			references: Connection<{ __typename: string } & Partial<StoredReport & StoredCase & StoredIncident>> | null;
		} | null;
	}
>(
	`
query EmailIntelReferenced($id: String!, $types: [String]) {
	externalReference(id: $id) {
		id
		references(types: $types) {
			edges {
				node {
					__typename
					... on Report {${REPORT_FIELDS}${STORED_FIELDS}
					}
					... on CaseIncident {${CASE_FIELDS}${STORED_FIELDS}
					}
					... on Incident {${INCIDENT_FIELDS}${KEPT_FIELDS}
					}
				}
			}
		}
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);

export const DOMAIN_OBJECT_DELETE = mutation<{ id: string }, { stixDomainObjectEdit: { delete: string | null } }>(
	`
mutation EmailIntelDelete($id: ID!) {
	stixDomainObjectEdit(id: $id) { delete }
}`,
	{ required: ['stixDomainObjectEdit'], needs: ['KNOWLEDGE_KNUPDATE_KNDELETE'], repeatable: false },
);

export const FIELD_PATCH = mutation<
	{ id: string; input: { key: string; value: string[]; operation?: 'replace' | 'add' }[] },
	{ stixDomainObjectEdit: { fieldPatch: { id: string } | null } }
>(
	`
mutation EmailIntelFieldPatch($id: ID!, $input: [EditInput]!) {
	stixDomainObjectEdit(id: $id) { fieldPatch(input: $input) { id } }
}`,
	{ required: ['stixDomainObjectEdit'], needs: ['KNOWLEDGE_KNUPDATE'] },
);

/** Any domain object with its markings and files. */
export const MARKED_OBJECT = query<
	{ id: string },
	{
		stixDomainObject: {
			id: string;
			entity_type: string;
			standard_id: string;
			objectMarking: MarkingNode[] | null;
			importFiles: Connection<StoredFile> | null;
		} | null;
	}
>(
	`
query EmailIntelMarkedObject($id: String!) {
	stixDomainObject(id: $id) {
		id
		entity_type
		standard_id
		objectMarking { id standard_id definition_type definition x_opencti_order }
		importFiles(first: 500) { edges { node { id name size metaData { mimetype file_markings } } } }
	}
}`,
	{ needs: ['KNOWLEDGE'] },
);
