import { mutation, query, type Connection, type FilterGroup } from './document';

/** What every creation of an object gives back. */
export interface CreatedNode {
	id: string;
	standard_id: string;
	objectMarking: { standard_id: string; definition_type: string | null; x_opencti_order: number }[] | null;
	/** Other ids that it has been made under. */
	x_opencti_stix_ids?: (string | null)[] | null;
	/** Of an indicator. */
	revoked?: boolean | null;
	valid_until?: string | null;
}

const CREATED = 'id standard_id objectMarking { standard_id definition_type x_opencti_order }';
const NEEDS = { needs: ['KNOWLEDGE_KNUPDATE'] };

/** What the platform takes for an object, already in its own names. */
export type ObjectInput = Record<string, unknown>;

/** The observable's own values go under one of the arguments, named after its type. */
export const OBSERVABLE_ADD = mutation<ObjectInput & { type: string }, { stixCyberObservableAdd: CreatedNode }>(
	`
mutation EmailIntelObservableAdd(
	$type: String!
	$stix_id: StixId
	$createdBy: String
	$objectMarking: [String]
	$objectLabel: [String]
	$IPv4Addr: IPv4AddrAddInput
	$IPv6Addr: IPv6AddrAddInput
	$DomainName: DomainNameAddInput
	$Url: UrlAddInput
	$EmailAddr: EmailAddrAddInput
	$EmailMessage: EmailMessageAddInput
	$StixFile: StixFileAddInput
	$MacAddr: MacAddrAddInput
	$Hostname: HostnameAddInput
	$PhoneNumber: PhoneNumberAddInput
	$CryptocurrencyWallet: CryptocurrencyWalletAddInput
	$UserAgent: UserAgentAddInput
	$AutonomousSystem: AutonomousSystemAddInput
	$UserAccount: UserAccountAddInput
	$WindowsRegistryKey: WindowsRegistryKeyAddInput
	$Mutex: MutexAddInput
	$Directory: DirectoryAddInput
	$Software: SoftwareAddInput
) {
	stixCyberObservableAdd(
		type: $type
		stix_id: $stix_id
		createdBy: $createdBy
		objectMarking: $objectMarking
		objectLabel: $objectLabel
		IPv4Addr: $IPv4Addr
		IPv6Addr: $IPv6Addr
		DomainName: $DomainName
		Url: $Url
		EmailAddr: $EmailAddr
		EmailMessage: $EmailMessage
		StixFile: $StixFile
		MacAddr: $MacAddr
		Hostname: $Hostname
		PhoneNumber: $PhoneNumber
		CryptocurrencyWallet: $CryptocurrencyWallet
		UserAgent: $UserAgent
		AutonomousSystem: $AutonomousSystem
		UserAccount: $UserAccount
		WindowsRegistryKey: $WindowsRegistryKey
		Mutex: $Mutex
		Directory: $Directory
		Software: $Software
	) { ${CREATED} x_opencti_stix_ids }
}`,
	{ ...NEEDS, joins: true, required: ['stixCyberObservableAdd'] },
);

/** A file as an observable of its own bytes; there is no other way to bring them. */
export const ARTIFACT_IMPORT = mutation<
	{ file: null; objectMarking?: unknown; objectLabel?: unknown; createdBy?: unknown; x_opencti_description?: unknown },
	{ artifactImport: CreatedNode }
>(
	`
mutation EmailIntelArtifactImport(
	$file: Upload!
	$x_opencti_description: String
	$createdBy: String
	$objectMarking: [String]
	$objectLabel: [String]
) {
	artifactImport(
		file: $file
		x_opencti_description: $x_opencti_description
		createdBy: $createdBy
		objectMarking: $objectMarking
		objectLabel: $objectLabel
	) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['artifactImport'] },
);

export const INDICATOR_ADD = mutation<{ input: ObjectInput }, { indicatorAdd: CreatedNode }>(
	`
mutation EmailIntelIndicatorAdd($input: IndicatorAddInput!) {
	indicatorAdd(input: $input) { ${CREATED} revoked valid_until }
}`,
	{ ...NEEDS, joins: true, required: ['indicatorAdd'] },
);

export const OBSERVED_DATA_ADD = mutation<{ input: ObjectInput }, { observedDataAdd: CreatedNode }>(
	`
mutation EmailIntelObservedDataAdd($input: ObservedDataAddInput!) {
	observedDataAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['observedDataAdd'] },
);

export const NOTE_ADD = mutation<{ input: ObjectInput }, { noteAdd: CreatedNode }>(
	`
mutation EmailIntelNoteAdd($input: NoteAddInput!) {
	noteAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['noteAdd'] },
);

export const VULNERABILITY_ADD = mutation<{ input: ObjectInput }, { vulnerabilityAdd: CreatedNode }>(
	`
mutation EmailIntelVulnerabilityAdd($input: VulnerabilityAddInput!) {
	vulnerabilityAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['vulnerabilityAdd'] },
);

export const ATTACK_PATTERN_ADD = mutation<{ input: ObjectInput }, { attackPatternAdd: CreatedNode }>(
	`
mutation EmailIntelAttackPatternAdd($input: AttackPatternAddInput!) {
	attackPatternAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['attackPatternAdd'] },
);

export const IDENTITY_OBJECT_ADD = mutation<{ input: ObjectInput }, { identityAdd: CreatedNode }>(
	`
mutation EmailIntelIdentityObjectAdd($input: IdentityAddInput!) {
	identityAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['identityAdd'] },
);

export const RELATIONSHIP_ADD = mutation<{ input: ObjectInput }, { stixCoreRelationshipAdd: CreatedNode }>(
	`
mutation EmailIntelRelationshipAdd($input: StixCoreRelationshipAddInput!) {
	stixCoreRelationshipAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['stixCoreRelationshipAdd'] },
);

export const SIGHTING_ADD = mutation<{ input: ObjectInput }, { stixSightingRelationshipAdd: CreatedNode }>(
	`
mutation EmailIntelSightingAdd($input: StixSightingRelationshipAddInput!) {
	stixSightingRelationshipAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, joins: true, required: ['stixSightingRelationshipAdd'] },
);

/** What is read of an object that may be there already. */
export interface ExistingNode extends CreatedNode {
	/** Of an e-mail message. */
	message_id?: string | null;
	/** Of an identity. */
	identity_class?: string | null;
	/** Of an identity or a vulnerability: other names, by which it is found, too. */
	x_opencti_aliases?: (string | null)[] | null;
}

/** A relationship, by its ends. */
export interface RelationshipNode extends ExistingNode {
	relationship_type: string;
	fromId: string;
	toId: string;
	start_time: string | null;
}

interface ByIds {
	first: number;
	after?: string;
	filters: FilterGroup;
}

/** Objects that the user may see, by any of their ids; relationships are not among them. */
export const OBJECTS_BY_IDS = query<ByIds, { stixCoreObjects: Connection<ExistingNode> | null }>(
	`
query EmailIntelObjectsByIds($first: Int, $after: ID, $filters: FilterGroup) {
	stixCoreObjects(first: $first, after: $after, filters: $filters) {
		edges {
			node {
				${CREATED}
				x_opencti_stix_ids
				... on EmailMessage { message_id }
				... on Identity { identity_class x_opencti_aliases }
				... on Vulnerability { x_opencti_aliases }
			}
		}
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ needs: ['KNOWLEDGE'], joins: true, required: ['stixCoreObjects'] },
);

const EXISTING = `edges { node { ${CREATED} x_opencti_stix_ids } } pageInfo { hasNextPage endCursor }`;

export const RELATIONSHIPS_BY_IDS = query<ByIds, { stixCoreRelationships: Connection<ExistingNode> | null }>(
	`
query EmailIntelRelationshipsByIds($first: Int, $after: ID, $filters: FilterGroup) {
	stixCoreRelationships(first: $first, after: $after, filters: $filters) { ${EXISTING} }
}`,
	{ needs: ['KNOWLEDGE'], joins: true, required: ['stixCoreRelationships'] },
);

/** Relationships of these types from one of the objects to another: whatever their ids and times, the platform makes no second one. */
export const RELATIONSHIPS_BETWEEN = query<
	{ first: number; after?: string; fromId: string[]; toId: string[]; types: string[] },
	{ stixCoreRelationships: Connection<RelationshipNode> | null }
>(
	`
query EmailIntelRelationshipsBetween($first: Int, $after: ID, $fromId: [String], $toId: [String], $types: [String]) {
	stixCoreRelationships(first: $first, after: $after, fromId: $fromId, toId: $toId, relationship_type: $types) {
		edges { node { ${CREATED} x_opencti_stix_ids relationship_type fromId toId start_time } }
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ needs: ['KNOWLEDGE'], joins: true, required: ['stixCoreRelationships'] },
);

export const SIGHTINGS_BY_IDS = query<ByIds, { stixSightingRelationships: Connection<ExistingNode> | null }>(
	`
query EmailIntelSightingsByIds($first: Int, $after: ID, $filters: FilterGroup) {
	stixSightingRelationships(first: $first, after: $after, filters: $filters) { ${EXISTING} }
}`,
	{ needs: ['KNOWLEDGE'], joins: true, required: ['stixSightingRelationships'] },
);

/** A sighting, with what it says. */
export interface SightingNode {
	id: string;
	attribute_count: number;
	first_seen: string | null;
	last_seen: string | null;
	description: string | null;
}

export const SIGHTINGS_STATED = query<ByIds, { stixSightingRelationships: Connection<SightingNode> | null }>(
	`
query EmailIntelSightingsStated($first: Int, $after: ID, $filters: FilterGroup) {
	stixSightingRelationships(first: $first, after: $after, filters: $filters) {
		edges { node { id attribute_count first_seen last_seen description } }
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ needs: ['KNOWLEDGE'], required: ['stixSightingRelationships'] },
);

/** States what a sighting says: made again with other times, its counts would be added. */
export const SIGHTING_PATCH = mutation<
	{ id: string; input: { key: string; value: unknown[] }[] },
	{ stixSightingRelationshipEdit: { fieldPatch: { id: string } | null } | null }
>(
	`
mutation EmailIntelSightingPatch($id: ID!, $input: [EditInput]!) {
	stixSightingRelationshipEdit(id: $id) { fieldPatch(input: $input) { id } }
}`,
	{ ...NEEDS, required: ['stixSightingRelationshipEdit'] },
);

/** Names of an e-mail message's addresses, as its references are read. */
export type MessageReferenceType = 'from' | 'sender' | 'to' | 'cc' | 'bcc';

/** The addresses that a message refers to. */
export const MESSAGE_REFERENCES = query<
	{ id: string; types: MessageReferenceType[]; first: number; after?: string },
	{
		stixNestedRefRelationships: Connection<{
			relationship_type: string;
			to: { id?: string; standard_id?: string } | null;
		}> | null;
	}
>(
	`
query EmailIntelMessageReferences($id: StixRef, $types: [String], $first: Int, $after: ID) {
	stixNestedRefRelationships(fromId: $id, relationship_type: $types, first: $first, after: $after) {
		edges { node { id relationship_type to { ... on EmailAddr { id standard_id } } } }
		pageInfo { hasNextPage endCursor }
	}
}`,
	{ needs: ['KNOWLEDGE'], joins: true, required: ['stixNestedRefRelationships'] },
);

/**
 * Links a message to its addresses, all in one request: its creation does not take them. The keys are the platform's own, those
 * of STIX are refused. Ids that it does not know are ignored without an error: only ids that it has given itself may be sent.
 */
export const MESSAGE_PATCH = mutation<
	{ id: string; input: { key: string; value: string[]; operation: 'replace' | 'add' }[] },
	{ stixCyberObservableEdit: { fieldPatch: { id: string } | null } }
>(
	`
mutation EmailIntelMessagePatch($id: ID!, $input: [EditInput]!) {
	stixCyberObservableEdit(id: $id) { fieldPatch(input: $input) { id } }
}`,
	{ ...NEEDS, joins: true, required: ['stixCyberObservableEdit'] },
);
