import type { MarkingDefinition } from './objects';
import { PAP_MARKINGS, TLP_2_EXTENSION, TLP_MARKINGS, type MarkingIds, type PapLevel, type TlpLevel } from './tlp';

/** Date of the four predefined markings (STIX 2.1 section 7.2.1.4). */
const TLP_1_CREATED = '2017-01-20T00:00:00.000Z';
/** Date of OASIS' TLP 2.0 markings. */
const TLP_2_CREATED = '2022-10-01T00:00:00.000Z';

/** Predefined markings of STIX 2.1; TLP:CLEAR is their `white`. AMBER+STRICT is not among them. */
const TLP_1_NAMES: Readonly<Partial<Record<TlpLevel, string>>> = {
	clear: 'white',
	green: 'green',
	amber: 'amber',
	red: 'red',
};

/**
 * The marking definition of a TLP level, without a custom property.
 * With `opencti` ids (default): the predefined object of STIX 2.1, whose content the specification fixes (section 7.2.1.4), and for
 * AMBER+STRICT, which is not among them, OASIS' extension under the id that OpenCTI has for it. With `oasis` ids: OASIS' TLP 2.0
 * objects, which a stock OpenCTI drops without a word.
 */
export function tlpMarking(level: TlpLevel, ids: MarkingIds = 'opencti'): MarkingDefinition {
	const { name, opencti, oasis } = TLP_MARKINGS[level];
	const predefined = ids === 'oasis' ? undefined : TLP_1_NAMES[level];
	if (predefined === undefined) {
		return {
			type: 'marking-definition',
			spec_version: '2.1',
			id: ids === 'oasis' ? oasis : opencti,
			created: TLP_2_CREATED,
			name,
			extensions: { [TLP_2_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: level } },
		};
	}
	return {
		type: 'marking-definition',
		spec_version: '2.1',
		id: opencti,
		created: TLP_1_CREATED,
		name: `TLP:${predefined.toUpperCase()}`,
		definition_type: 'tlp',
		definition: { tlp: predefined },
	};
}

/** The marking definition of a PAP level: a statement, for STIX knows no PAP. OpenCTI reads its own marking in it, by the id. */
export function papMarking(level: PapLevel): MarkingDefinition {
	const { name, opencti } = PAP_MARKINGS[level];
	return {
		type: 'marking-definition',
		spec_version: '2.1',
		id: opencti,
		created: TLP_2_CREATED,
		name,
		definition_type: 'statement',
		definition: { statement: name },
	};
}
