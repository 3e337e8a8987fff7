import type { DataTypes, Identifier, PropertyKind } from './dataTypes';
import type { ObservableType, PROPERTY_TABLES, StixType } from './properties';

/*
 * The objects that this pack writes, as their property tables have them: a property that no table lists is in no type, so
 * that what compiles is written. Aliases, not interfaces: see dataTypes.ts.
 */

type Tables = typeof PROPERTY_TABLES;

/** The values that a property may have: those of a closed list, else those of its data type. */
type ValueOf<Property> = Property extends { readonly values: ReadonlyArray<infer Value>; readonly open?: never }
	? Value
	: Property extends { readonly kind: infer Kind extends PropertyKind }
		? DataTypes[Kind]
		: never;

type Needed<Property> = Property extends { readonly required: true } ? true : false;

/** The object of one type, by its table. */
type Written<Type extends StixType, Table> = {
	-readonly [Name in keyof Table as Needed<Table[Name]> extends true ? Name : never]: Name extends 'type'
		? Type
		: ValueOf<Table[Name]>;
} & {
	-readonly [Name in keyof Table as Needed<Table[Name]> extends true ? never : Name]?: ValueOf<Table[Name]>;
};

/** Without a name of its own, so that editors and error texts show the properties. */
type Objects = {
	[Type in StixType]: { [Name in keyof Written<Type, Tables[Type]>]: Written<Type, Tables[Type]>[Name] };
};

/** The object of a type: `StixObjectOf<'url'>`. */
export type StixObjectOf<Type extends StixType> = Objects[Type];

/** Every STIX object that this pack writes. */
export type StixObject = StixObjectOf<StixType>;

/** Every observable that this pack writes. */
export type ObservableObject = StixObjectOf<ObservableType>;

/** A technique of MITRE ATT&CK by its id (STIX 2.1 section 4.1). */
export type AttackPatternObject = StixObjectOf<'attack-pattern'>;
/** Bytes of an attachment or of a raw message (STIX 2.1 section 6.1). */
export type ArtifactObject = StixObjectOf<'artifact'>;
/** A number that routes networks (STIX 2.1 section 6.2). */
export type AutonomousSystemObject = StixObjectOf<'autonomous-system'>;
/** A cryptocurrency address; OpenCTI's observable, in its extension. */
export type CryptocurrencyWalletObject = StixObjectOf<'cryptocurrency-wallet'>;
/** A host name in A-labels (STIX 2.1 section 6.4). */
export type DomainNameObject = StixObjectOf<'domain-name'>;
/** A mail address (STIX 2.1 section 6.5). */
export type EmailAddrObject = StixObjectOf<'email-addr'>;
/** A message (STIX 2.1 section 6.6). */
export type EmailMessageObject = StixObjectOf<'email-message'>;
/** A file by its name, its hashes or both (STIX 2.1 section 6.7). */
export type FileObject = StixObjectOf<'file'>;
/** An address or network (STIX 2.1 section 6.8). */
export type Ipv4AddrObject = StixObjectOf<'ipv4-addr'>;
/** An address or network (STIX 2.1 section 6.9). */
export type Ipv6AddrObject = StixObjectOf<'ipv6-addr'>;
/** A MAC address, `00:11:22:aa:bb:cc` (STIX 2.1 section 6.10). */
export type MacAddrObject = StixObjectOf<'mac-addr'>;
/** A telephone number; OpenCTI's observable, in its extension. */
export type PhoneNumberObject = StixObjectOf<'phone-number'>;
/** A URL of RFC 3986 (STIX 2.1 section 6.14). */
export type UrlObject = StixObjectOf<'url'>;
/** An account by its handle (STIX 2.1 section 6.16). */
export type UserAccountObject = StixObjectOf<'user-account'>;
/** A key of the Windows registry (STIX 2.1 section 6.17). */
export type WindowsRegistryKeyObject = StixObjectOf<'windows-registry-key'>;
/** Who made the bundle (STIX 2.1 section 4.5). */
export type IdentityObject = StixObjectOf<'identity'>;
/** A pattern that detects something (STIX 2.1 section 4.7). */
export type IndicatorObject = StixObjectOf<'indicator'>;
/** What may be done with the objects that refer to it (STIX 2.1 section 7.2). */
export type MarkingDefinition = StixObjectOf<'marking-definition'>;
/** That observables were seen, and when (STIX 2.1 section 4.14). */
export type ObservedDataObject = StixObjectOf<'observed-data'>;
/** How one object relates to another (STIX 2.1 section 5.1). */
export type RelationshipObject = StixObjectOf<'relationship'>;
/** A report and the objects that it is about (STIX 2.1 section 4.16). */
export type ReportObject = StixObjectOf<'report'>;
/** A vulnerability by its CVE id (STIX 2.1 section 4.18). */
export type VulnerabilityObject = StixObjectOf<'vulnerability'>;

/** Objects in one parcel (STIX 2.1 section 8). */
export type Bundle = {
	type: 'bundle';
	id: Identifier;
	objects: StixObject[];
};
