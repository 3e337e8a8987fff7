import { mutation } from './document';

/** What every creation of an object gives back. */
export interface CreatedNode {
	id: string;
	standard_id: string;
	objectMarking: { standard_id: string; definition_type: string | null; x_opencti_order: number }[] | null;
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
	) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['stixCyberObservableAdd'] },
);

export const INDICATOR_ADD = mutation<{ input: ObjectInput }, { indicatorAdd: CreatedNode }>(
	`
mutation EmailIntelIndicatorAdd($input: IndicatorAddInput!) {
	indicatorAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['indicatorAdd'] },
);

export const OBSERVED_DATA_ADD = mutation<{ input: ObjectInput }, { observedDataAdd: CreatedNode }>(
	`
mutation EmailIntelObservedDataAdd($input: ObservedDataAddInput!) {
	observedDataAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['observedDataAdd'] },
);

export const NOTE_ADD = mutation<{ input: ObjectInput }, { noteAdd: CreatedNode }>(
	`
mutation EmailIntelNoteAdd($input: NoteAddInput!) {
	noteAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['noteAdd'] },
);

export const VULNERABILITY_ADD = mutation<{ input: ObjectInput }, { vulnerabilityAdd: CreatedNode }>(
	`
mutation EmailIntelVulnerabilityAdd($input: VulnerabilityAddInput!) {
	vulnerabilityAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['vulnerabilityAdd'] },
);

export const IDENTITY_OBJECT_ADD = mutation<{ input: ObjectInput }, { identityAdd: CreatedNode }>(
	`
mutation EmailIntelIdentityObjectAdd($input: IdentityAddInput!) {
	identityAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['identityAdd'] },
);

export const RELATIONSHIP_ADD = mutation<{ input: ObjectInput }, { stixCoreRelationshipAdd: CreatedNode }>(
	`
mutation EmailIntelRelationshipAdd($input: StixCoreRelationshipAddInput!) {
	stixCoreRelationshipAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['stixCoreRelationshipAdd'] },
);

export const SIGHTING_ADD = mutation<{ input: ObjectInput }, { stixSightingRelationshipAdd: CreatedNode }>(
	`
mutation EmailIntelSightingAdd($input: StixSightingRelationshipAddInput!) {
	stixSightingRelationshipAdd(input: $input) { ${CREATED} }
}`,
	{ ...NEEDS, required: ['stixSightingRelationshipAdd'] },
);

/** `from`, `to`, `cc`, `bcc` of an e-mail message: its creation does not take them. */
export const REF_RELATIONSHIP_ADD = mutation<
	{ input: { fromId: string; toId: string; relationship_type: string } },
	{ stixRefRelationshipAdd: { id: string } }
>(
	`
mutation EmailIntelRefRelationshipAdd($input: StixRefRelationshipAddInput!) {
	stixRefRelationshipAdd(input: $input) { id }
}`,
	{ ...NEEDS, required: ['stixRefRelationshipAdd'] },
);
