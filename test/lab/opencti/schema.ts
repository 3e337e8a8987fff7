import { buildSchema, GraphQLError, type GraphQLScalarType, type GraphQLSchema } from 'graphql';

/** Versions that the lab can pretend to be; what a version lacks is not in its schema. */
export type LabVersion = '6.1.1' | '6.4.0' | '6.4.11' | '6.8.10' | '6.9.17' | '7.260817.0';

const numbers = (version: string) => version.split('.').map(Number);

export function atLeast(version: string, wanted: string): boolean {
	const [have, want] = [numbers(version), numbers(wanted)];
	for (let at = 0; at < want.length; at++) {
		if ((have[at] ?? 0) !== (want[at] ?? 0)) return (have[at] ?? 0) > (want[at] ?? 0);
	}
	return true;
}

/** The part of the platform's API that the pack, and people who test it, may meet. Written for this lab. */
function typeDefinitions(version: string): string {
	const since = (first: string, text: string) => (atLeast(version, first) ? text : '');
	const basic =
		'id: ID! standard_id: String! entity_type: String! parent_types: [String]! x_opencti_stix_ids: [StixId]';
	const core = `${basic} createdBy: Identity objectMarking: [MarkingDefinition!] objectOrganization: [Organization!] objectLabel: [Label!]
		externalReferences(first: Int): ExternalReferenceConnection importFiles(first: Int): FileConnection`;
	const domain = `${core} confidence: Int created: DateTime modified: DateTime revoked: Boolean!`;
	const container = `${domain} name: String! description: String content: String
		objects(first: Int, after: ID, types: [String], all: Boolean): ObjectRefConnection`;
	const identity = `${domain} name: String! identity_class: String! description: String x_opencti_aliases: [String]`;
	const observable = `${core} observable_value: String! x_opencti_score: Int x_opencti_description: String indicators(first: Int): IndicatorConnection`;
	const common = `stix_id: StixId x_opencti_stix_ids: [StixId] confidence: Int revoked: Boolean lang: String createdBy: String
		objectMarking: [String] objectLabel: [String] externalReferences: [String] created: DateTime modified: DateTime
		clientMutationId: String update: Boolean`;
	const files = `file: Upload ${since('6.9.10', 'fileMarkings: [String] files: [Upload] filesMarkings: [[String]] x_opencti_modified_at: DateTime')}
		${since('6.9.17', 'noTriggerImport: [Boolean] embedded: [Boolean]')}`;
	const connection = (type: string) => `
		type ${type}Connection { pageInfo: PageInfo! edges: [${type}Edge] }
		type ${type}Edge { cursor: String! node: ${type}! }`;
	const observableTypes = [
		'IPv4Addr',
		'IPv6Addr',
		'DomainName',
		'Url',
		'EmailAddr',
		'MacAddr',
		'Hostname',
		'PhoneNumber',
		'CryptocurrencyWallet',
		'UserAgent',
		'Text',
	];
	return `
	scalar DateTime
	scalar StixId
	scalar StixRef
	scalar Upload
	scalar Any

	enum FilterMode { and or }
	enum FilterOperator { eq not_eq lt lte gt gte match wildcard contains not_contains starts_with nil not_nil ${since('6.0', 'search')} ${since('6.6', 'within')} }
	enum IdentityType { Sector Organization Individual System }
	enum VocabularyCategory { report_types_ov case_severity_ov case_priority_ov incident_response_types_ov incident_severity_ov incident_type_ov reliability_ov note_types_ov pattern_type_ov indicator_type_ov organization_type_ov }
	enum ConnectorType { EXTERNAL_IMPORT INTERNAL_IMPORT_FILE INTERNAL_ENRICHMENT INTERNAL_EXPORT_FILE STREAM }
	enum EditOperation { replace add remove }
	enum State { wait progress complete timeout }
	enum ReportsOrdering { name published created modified created_at updated_at confidence }
	enum OrderingMode { asc desc }
	enum ValidationMode { workbench draft }

	input Filter { key: [String!]! values: [Any!]! operator: FilterOperator mode: FilterMode }
	input FilterGroup { mode: FilterMode! filters: [Filter!]! filterGroups: [FilterGroup!]! }
	input EditInput { key: String! object_path: String value: [Any]! operation: EditOperation }

	type PageInfo { startCursor: String! endCursor: String! hasNextPage: Boolean! hasPreviousPage: Boolean! globalCount: Int! }
	type AppInfo { version: String! }
	type Capability { id: ID! name: String! description: String }
	type MeOrganization { id: ID! name: String! }
	type MeOrganizationConnection { pageInfo: PageInfo! edges: [MeOrganizationEdge!]! }
	type MeOrganizationEdge { cursor: String! node: MeOrganization! }
	type EffectiveConfidenceLevel { max_confidence: Int! }
	type MeUser {
		id: ID! name: String! user_email: String! capabilities: [Capability!]! allowed_marking: [MarkingDefinition!]
		objectOrganization: MeOrganizationConnection effective_confidence_level: EffectiveConfidenceLevel ${since('6.4', 'draftContext: DraftWorkspace')}
	}

	interface BasicObject { id: ID! standard_id: String! entity_type: String! }
	interface BasicRelationship { id: ID! standard_id: String! entity_type: String! }
	interface Container { id: ID! objects(first: Int, after: ID, types: [String], all: Boolean): ObjectRefConnection }
	interface StixCoreObject { ${core} }
	interface StixDomainObject implements StixCoreObject { ${domain} }
	interface StixCyberObservable implements StixCoreObject { ${observable} }
	interface Identity implements StixDomainObject & StixCoreObject { ${identity} }

	type MarkingDefinition { ${basic} definition_type: String definition: String x_opencti_order: Int! x_opencti_color: String }
	type Label { ${basic} value: String color: String }
	type ExternalReference {
		${basic} source_name: String! description: String url: String external_id: String
		references(types: [String]): ObjectRefConnection
	}
	type Vocabulary { id: ID! name: String! category: VocabularyCategory! }
	type FileMetadata { mimetype: String version: String file_markings: [String] entity_id: String }
	type File { id: ID! name: String! size: Int lastModified: DateTime uploadStatus: State! metaData: FileMetadata }

	type Report implements Container & BasicObject & StixDomainObject & StixCoreObject { ${container} published: DateTime report_types: [String] x_opencti_reliability: String }
	type CaseIncident implements Container & BasicObject & StixDomainObject & StixCoreObject {
		${container} severity: String priority: String response_types: [String!] objectAssignee: [Member!] objectParticipant: [Member!]
	}
	type Organization implements BasicObject & Identity & StixDomainObject & StixCoreObject { ${identity} }
	type Individual implements BasicObject & Identity & StixDomainObject & StixCoreObject { ${identity} }
	type System implements BasicObject & Identity & StixDomainObject & StixCoreObject { ${identity} }
	type Sector implements BasicObject & Identity & StixDomainObject & StixCoreObject { ${identity} }
	type Indicator implements BasicObject & StixDomainObject & StixCoreObject {
		${domain} name: String! description: String pattern: String pattern_type: String valid_from: DateTime valid_until: DateTime x_opencti_score: Int
		x_opencti_main_observable_type: String indicator_types: [String!]
	}
	type ObservedData implements Container & BasicObject & StixDomainObject & StixCoreObject {
		${domain} first_observed: DateTime last_observed: DateTime number_observed: Int
		objects(first: Int, after: ID, types: [String], all: Boolean): ObjectRefConnection
	}
	type Note implements Container & BasicObject & StixDomainObject & StixCoreObject {
		${domain} content: String! attribute_abstract: String note_types: [String]
		objects(first: Int, after: ID, types: [String], all: Boolean): ObjectRefConnection
	}
	type Incident implements BasicObject & StixDomainObject & StixCoreObject {
		${domain} name: String! description: String incident_type: String severity: String source: String objective: String
		first_seen: DateTime last_seen: DateTime
		objectAssignee: [Member!] objectParticipant: [Member!]
	}

	type AttackPattern implements BasicObject & StixDomainObject & StixCoreObject {
		${domain} name: String! description: String aliases: [String] x_mitre_id: String
	}
	type UserAccount implements BasicObject & StixCyberObservable & StixCoreObject {
		${observable} account_login: String account_type: String user_id: String display_name: String
	}
	type WindowsRegistryKey implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} attribute_key: String }
	type Mutex implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} name: String }
	type Directory implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} path: String }
	type Software implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} name: String version: String vendor: String cpe: String }
	type Vulnerability implements BasicObject & StixDomainObject & StixCoreObject { ${domain} name: String! description: String x_opencti_aliases: [String] }
	type StixFile implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} name: String size: Int mime_type: String hashes: [Hash] }
	type Artifact implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} mime_type: String url: String hashes: [Hash] }
	type EmailMessage implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} subject: String message_id: String body: String attribute_date: DateTime }
	type AutonomousSystem implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} number: Int! name: String }
	${observableTypes.map((type) => `type ${type} implements BasicObject & StixCyberObservable & StixCoreObject { ${observable} value: String }`).join('\n')}
	type Hash { algorithm: String! hash: String }
	type StixCoreRelationship implements BasicRelationship { ${basic} relationship_type: String! start_time: DateTime fromId: StixRef! toId: StixRef! description: String objectMarking: [MarkingDefinition!] }
	type StixSightingRelationship implements BasicRelationship {
		${basic} fromId: StixRef! toId: StixRef! attribute_count: Int! first_seen: DateTime last_seen: DateTime description: String
		objectMarking: [MarkingDefinition!]
	}
	type StixRefRelationship { id: ID! relationship_type: String! from: ObjectRef to: ObjectRef }
	type Member { id: ID! name: String! entity_type: String! }
	union ObjectRef = Report | CaseIncident | Incident | Organization | Individual | System | Sector | Indicator | ObservedData | Note | Vulnerability | AttackPattern | UserAccount | WindowsRegistryKey | Mutex | Directory | Software | StixFile | Artifact
		| EmailMessage | AutonomousSystem | ${observableTypes.join(' | ')} | StixCoreRelationship | StixSightingRelationship
	${['MarkingDefinition', 'Label', 'ExternalReference', 'Vocabulary', 'File', 'ObjectRef', 'Identity', 'Organization', 'Indicator', 'Report', 'Note', 'CaseTemplate', 'Member', 'StixCoreObject', 'StixCoreRelationship', 'StixSightingRelationship', 'StixRefRelationship'].map(connection).join('\n')}
	type CaseTemplate { id: ID! name: String! }

	type Connector { id: ID! name: String! active: Boolean connector_scope: [String] connector_type: String auto: Boolean }
	type WorkMessage { timestamp: DateTime message: String }
	type Work { id: ID! name: String status: State! errors: [WorkMessage] }
	type WorkEditMutations { toProcessed(message: String, inError: Boolean): ID }
	${since('6.4', `${connection('DraftWorkspace')} type DraftWorkspace { id: ID! name: String! draft_status: DraftStatus! } enum DraftStatus { open validated } input DraftWorkspaceAddInput { name: String! entity_id: String }`)}

	input ReportAddInput {
		${common} ${files} name: String! description: String content: String content_mapping: String published: DateTime! report_types: [String]
		x_opencti_reliability: String objects: [String] objectOrganization: [String] objectAssignee: [String] objectParticipant: [String]
		x_opencti_workflow_id: String
	}
	input CaseIncidentAddInput {
		${common} ${files} name: String! description: String content: String severity: String priority: String response_types: [String!]
		objects: [String] objectAssignee: [String] objectParticipant: [String] x_opencti_workflow_id: String caseTemplates: [String!]
	}
	input IncidentAddInput {
		${common} ${files} name: String! description: String incident_type: String severity: String source: String objective: String
		first_seen: DateTime last_seen: DateTime aliases: [String] objectOrganization: [String] objectAssignee: [String] objectParticipant: [String]
		x_opencti_workflow_id: String
	}
	input IdentityAddInput { ${common} type: IdentityType! name: String! description: String contact_information: String roles: [String] x_opencti_aliases: [String] }
	input LabelAddInput { stix_id: StixId value: String! color: String created: DateTime modified: DateTime clientMutationId: String update: Boolean }
	input ExternalReferenceAddInput { stix_id: StixId source_name: String! description: String url: String hash: String external_id: String file: Upload created: DateTime modified: DateTime clientMutationId: String update: Boolean }
	input VocabularyAddInput { name: String! description: String category: VocabularyCategory! order: Int aliases: [String!] update: Boolean }
	input IndicatorAddInput {
		${common} name: String! description: String pattern: String! pattern_type: String! pattern_version: String indicator_types: [String!] valid_from: DateTime valid_until: DateTime
		x_opencti_score: Int x_opencti_detection: Boolean x_opencti_main_observable_type: String createObservables: Boolean basedOn: [String!]
	}
	input ObservedDataAddInput { ${common} objects: [String]! first_observed: DateTime! last_observed: DateTime! number_observed: Int! }
	input AttackPatternAddInput { ${common} name: String! description: String aliases: [String] x_mitre_id: String }
	input UserAccountAddInput {
		user_id: String credential: String account_login: String account_type: String display_name: String is_service_account: Boolean
		is_privileged: Boolean can_escalate_privs: Boolean is_disabled: Boolean account_created: DateTime account_expires: DateTime
		credential_last_changed: DateTime account_first_login: DateTime account_last_login: DateTime
	}
	input WindowsRegistryKeyAddInput { attribute_key: String modified_time: DateTime number_of_subkeys: Int }
	input MutexAddInput { name: String }
	input DirectoryAddInput { path: String! path_enc: String ctime: DateTime mtime: DateTime atime: DateTime }
	input SoftwareAddInput { name: String cpe: String swid: String languages: [String] vendor: String version: String }
	input VulnerabilityAddInput { ${common} name: String! description: String }
	input NoteAddInput { ${common} content: String! attribute_abstract: String note_types: [String] objects: [String] }
	input StixCoreRelationshipAddInput {
		stix_id: StixId x_opencti_stix_ids: [StixId] fromId: StixRef! toId: StixRef! relationship_type: String! description: String confidence: Int
		start_time: DateTime stop_time: DateTime createdBy: String objectMarking: [String] objectLabel: [String] externalReferences: [String]
		created: DateTime modified: DateTime revoked: Boolean lang: String clientMutationId: String update: Boolean
	}
	input StixSightingRelationshipAddInput {
		stix_id: StixId x_opencti_stix_ids: [StixId] fromId: StixRef! toId: StixRef! description: String confidence: Int attribute_count: Int!
		first_seen: DateTime last_seen: DateTime x_opencti_negative: Boolean createdBy: String objectMarking: [String] objectLabel: [String]
		externalReferences: [String] created: DateTime modified: DateTime clientMutationId: String update: Boolean
	}
	input StixRefRelationshipAddInput { fromId: StixRef toId: StixRef relationship_type: String! }
	input StixRefRelationshipsAddInput { relationship_type: String! fromIds: [StixRef] toIds: [StixRef!]! }
	input HashInput { algorithm: String! hash: String! }
	${['IPv4Addr', 'IPv6Addr', 'Url'].map((type) => `input ${type}AddInput { value: String }`).join('\n')}
	${['DomainName', 'MacAddr', 'Hostname', 'PhoneNumber', 'CryptocurrencyWallet', 'UserAgent', 'Text'].map((type) => `input ${type}AddInput { value: String${type === 'DomainName' ? '!' : ''} }`).join('\n')}
	input EmailAddrAddInput { value: String display_name: String }
	input EmailMessageAddInput { is_multipart: Boolean attribute_date: DateTime content_type: String message_id: String subject: String received_lines: [String] body: String }
	input StixFileAddInput { hashes: [HashInput] size: Int name: String name_enc: String magic_number_hex: String mime_type: String }
	input ArtifactAddInput { hashes: [HashInput] mime_type: String url: String payload_bin: String x_opencti_additional_names: [String] }
	input AutonomousSystemAddInput { number: Int! name: String rir: String }
	input RegisterConnectorInput { id: ID! name: String! type: ConnectorType! scope: [String!] auto: Boolean only_contextual: Boolean playbook_compatible: Boolean }

	type Query {
		about: AppInfo
		me: MeUser!
		markingDefinitions(first: Int, after: ID, filters: FilterGroup, search: String): MarkingDefinitionConnection
		labels(first: Int, after: ID, filters: FilterGroup, search: String): LabelConnection
		vocabularies(category: VocabularyCategory, first: Int, after: ID, filters: FilterGroup): VocabularyConnection
		organizations(first: Int, after: ID, filters: FilterGroup, search: String): OrganizationConnection
		identities(types: [String], first: Int, after: ID, filters: FilterGroup, search: String): IdentityConnection
		externalReferences(first: Int, after: ID, filters: FilterGroup): ExternalReferenceConnection
		externalReference(id: String!): ExternalReference
		stixDomainObject(id: String!): StixDomainObject
		container(id: String): Container
		stixCoreObject(id: String!): StixCoreObject
		stixCyberObservable(id: String!): StixCyberObservable
		stixCoreObjects(first: Int, after: ID, types: [String], filters: FilterGroup, search: String): StixCoreObjectConnection
		stixCoreRelationships(first: Int, after: ID, fromId: [String], toId: [String], relationship_type: [String], filters: FilterGroup): StixCoreRelationshipConnection
		stixSightingRelationships(first: Int, after: ID, fromId: StixRef, toId: StixRef, filters: FilterGroup): StixSightingRelationshipConnection
		stixNestedRefRelationships(first: Int, after: ID, fromId: StixRef, toId: StixRef, relationship_type: [String]): StixRefRelationshipConnection
		report(id: String): Report
		reports(first: Int, after: ID, orderBy: ReportsOrdering, orderMode: OrderingMode, filters: FilterGroup, search: String): ReportConnection
		caseIncident(id: String!): CaseIncident
		incident(id: String): Incident
		note(id: String): Note
		notes(first: Int, after: ID, filters: FilterGroup, search: String): NoteConnection
		caseTemplates(first: Int, after: ID): CaseTemplateConnection
		members(first: Int, search: String, entityTypes: [MemberType!]): MemberConnection
		connectorsForImport: [Connector]
		${since('6.4', 'draftWorkspaces(first: Int, after: ID, filters: FilterGroup, search: String): DraftWorkspaceConnection')}
		work(id: ID!): Work
	}
	enum MemberType { User Group Organization }
	type Mutation {
		reportAdd(input: ReportAddInput!): Report
		caseIncidentAdd(input: CaseIncidentAddInput!): CaseIncident
		caseSetTemplate(id: ID!, caseTemplatesId: [ID!]!): CaseIncident
		identityAdd(input: IdentityAddInput!): Identity
		labelAdd(input: LabelAddInput!): Label
		externalReferenceAdd(input: ExternalReferenceAddInput!): ExternalReference
		vocabularyAdd(input: VocabularyAddInput!): Vocabulary
		indicatorAdd(input: IndicatorAddInput!): Indicator
		observedDataAdd(input: ObservedDataAddInput!): ObservedData
		noteAdd(input: NoteAddInput!): Note
		vulnerabilityAdd(input: VulnerabilityAddInput!): Vulnerability
		attackPatternAdd(input: AttackPatternAddInput!): AttackPattern
		stixCyberObservableAdd(
			type: String! stix_id: StixId x_opencti_score: Int x_opencti_description: String createIndicator: Boolean createdBy: String
			objectMarking: [String] objectLabel: [String] externalReferences: [String] clientMutationId: String update: Boolean
			IPv4Addr: IPv4AddrAddInput IPv6Addr: IPv6AddrAddInput DomainName: DomainNameAddInput Url: UrlAddInput EmailAddr: EmailAddrAddInput
			EmailMessage: EmailMessageAddInput StixFile: StixFileAddInput Artifact: ArtifactAddInput MacAddr: MacAddrAddInput
			Hostname: HostnameAddInput PhoneNumber: PhoneNumberAddInput CryptocurrencyWallet: CryptocurrencyWalletAddInput
			UserAgent: UserAgentAddInput Text: TextAddInput AutonomousSystem: AutonomousSystemAddInput
			UserAccount: UserAccountAddInput WindowsRegistryKey: WindowsRegistryKeyAddInput Mutex: MutexAddInput
			Directory: DirectoryAddInput Software: SoftwareAddInput
		): StixCyberObservable
		stixCoreRelationshipAdd(input: StixCoreRelationshipAddInput!): StixCoreRelationship
		stixSightingRelationshipAdd(input: StixSightingRelationshipAddInput!): StixSightingRelationship
		stixRefRelationshipAdd(input: StixRefRelationshipAddInput!): StixRefRelationship
		stixDomainObjectEdit(id: ID!): StixDomainObjectEditMutations
		stixCoreObjectEdit(id: ID!): StixCoreObjectEditMutations
		stixCyberObservableEdit(id: ID!): StixCyberObservableEditMutations
		uploadImport(file: Upload!, fileMarkings: [String]): File
		askJobImport(fileName: ID!, connectorId: String, configuration: String, bypassEntityId: String, bypassValidation: Boolean
			${since('6.5', 'validationMode: ValidationMode')} ${since('6.6', 'forceValidation: Boolean')}): File
		artifactImport(file: Upload! ${since('6.9.10', 'fileMarkings: [String]')} x_opencti_description: String createdBy: String objectMarking: [String] objectLabel: [String]): Artifact
		incidentAdd(input: IncidentAddInput!): Incident
		stixSightingRelationshipEdit(id: ID!): StixSightingRelationshipEditMutations
		registerConnector(input: RegisterConnectorInput): Connector
		workAdd(connectorId: String!, friendlyName: String): Work!
		workEdit(id: ID!): WorkEditMutations
		${since('6.2.6', 'stixBundlePush(connectorId: String!, bundle: String! ' + since('6.5.7', 'work_id: String') + '): Boolean')}
		${since('6.4', 'draftWorkspaceAdd(input: DraftWorkspaceAddInput!): DraftWorkspace draftWorkspaceValidate(id: ID!): Work')}
	}
	type StixDomainObjectEditMutations {
		fieldPatch(input: [EditInput]!, commitMessage: String, references: [String]): StixDomainObject
		delete: ID
		importPush(file: Upload!, fileMarkings: [String], version: DateTime, noTriggerImport: Boolean ${since('6.8', 'embedded: Boolean')}): File
	}
	type StixSightingRelationshipEditMutations {
		fieldPatch(input: [EditInput]!, commitMessage: String, references: [String]): StixSightingRelationship
	}
	type StixCyberObservableEditMutations {
		fieldPatch(input: [EditInput]!, commitMessage: String, references: [String]): StixCyberObservable
		relationsAdd(input: StixRefRelationshipsAddInput!, commitMessage: String, references: [String]): StixCyberObservable
	}
	type StixCoreObjectEditMutations {
		relationsAdd(input: StixRefRelationshipsAddInput!, commitMessage: String, references: [String]): StixCoreObject
		importPush(file: Upload!, fileMarkings: [String], version: DateTime, noTriggerImport: Boolean ${since('6.8', 'embedded: Boolean')}): File
	}`;
}

/** Capability that each field needs; a field not named here needs a login only. */
export const NEEDED: Record<string, string[]> = {
	'Query.markingDefinitions': ['KNOWLEDGE'],
	'Query.labels': ['KNOWLEDGE'],
	'Query.organizations': ['KNOWLEDGE'],
	'Query.identities': ['KNOWLEDGE'],
	'Query.externalReferences': ['KNOWLEDGE'],
	'Query.externalReference': ['KNOWLEDGE'],
	'Query.stixDomainObject': ['KNOWLEDGE'],
	'Query.container': ['KNOWLEDGE'],
	'Query.stixCoreObject': ['KNOWLEDGE'],
	'Query.stixCyberObservable': ['KNOWLEDGE'],
	'Query.stixCoreObjects': ['KNOWLEDGE'],
	'Query.stixCoreRelationships': ['KNOWLEDGE'],
	'Query.stixSightingRelationships': ['KNOWLEDGE'],
	'Query.stixNestedRefRelationships': ['KNOWLEDGE'],
	'Query.report': ['KNOWLEDGE'],
	'Query.reports': ['KNOWLEDGE'],
	'Query.caseIncident': ['KNOWLEDGE'],
	'Query.incident': ['KNOWLEDGE'],
	'Query.note': ['KNOWLEDGE'],
	'Query.notes': ['KNOWLEDGE'],
	'Query.members': ['KNOWLEDGE_KNUPDATE'],
	'Query.connectorsForImport': ['KNOWLEDGE'],
	'Query.work': ['MODULES'],
	'Query.draftWorkspaces': ['KNOWLEDGE'],
	'Mutation.reportAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.caseIncidentAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.incidentAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.artifactImport': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.caseSetTemplate': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.identityAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.labelAdd': ['SETTINGS_SETLABELS'],
	'Mutation.externalReferenceAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.vocabularyAdd': ['SETTINGS_SETVOCABULARIES'],
	'Mutation.indicatorAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.observedDataAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.noteAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.vulnerabilityAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.attackPatternAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.stixCyberObservableAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.stixCoreRelationshipAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.stixSightingRelationshipAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.stixRefRelationshipAdd': ['KNOWLEDGE_KNUPDATE'],
	'StixDomainObjectEditMutations.fieldPatch': ['KNOWLEDGE_KNUPDATE'],
	'StixDomainObjectEditMutations.delete': ['KNOWLEDGE_KNUPDATE_KNDELETE'],
	'StixDomainObjectEditMutations.importPush': ['KNOWLEDGE_KNUPLOAD'],
	'StixSightingRelationshipEditMutations.fieldPatch': ['KNOWLEDGE_KNUPDATE'],
	'StixCyberObservableEditMutations.fieldPatch': ['KNOWLEDGE_KNUPDATE'],
	'StixCyberObservableEditMutations.relationsAdd': ['KNOWLEDGE_KNUPDATE'],
	'StixCoreObjectEditMutations.relationsAdd': ['KNOWLEDGE_KNUPDATE'],
	'StixCoreObjectEditMutations.importPush': ['KNOWLEDGE_KNUPLOAD'],
	'Mutation.uploadImport': ['KNOWLEDGE_KNASKIMPORT'],
	'Mutation.askJobImport': ['KNOWLEDGE_KNASKIMPORT'],
	'Mutation.registerConnector': ['CONNECTORAPI'],
	'Mutation.workAdd': ['CONNECTORAPI', 'MODULES_MODMANAGE', 'KNOWLEDGE_KNASKIMPORT'],
	'Mutation.workEdit': ['CONNECTORAPI', 'MODULES_MODMANAGE'],
	'Mutation.stixBundlePush': ['CONNECTORAPI'],
	'Mutation.draftWorkspaceAdd': ['KNOWLEDGE_KNUPDATE'],
	'Mutation.draftWorkspaceValidate': ['KNOWLEDGE_KNUPDATE_KNDELETE'],
};

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function dateTime(value: unknown): Date {
	if (typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value);
	throw new GraphQLError(`DateTime cannot represent an invalid date-time-string ${String(value)}.`, {
		extensions: { code: 'BAD_USER_INPUT' },
	});
}

function stixIdentifier(value: unknown): string {
	if (typeof value === 'string' && value.includes('--')) return value;
	throw new GraphQLError(`Provided value ${String(value)} is not a valid STIX ID`, {
		extensions: { code: 'BAD_USER_INPUT' },
	});
}

export function labSchema(version: string): GraphQLSchema {
	const schema = buildSchema(typeDefinitions(version));
	const scalar = (name: string) => schema.getType(name) as GraphQLScalarType;
	scalar('DateTime').coerceInputValue = dateTime;
	scalar('DateTime').coerceOutputValue = (value) => new Date(value as string).toISOString();
	scalar('StixId').coerceInputValue = stixIdentifier;
	return schema;
}
