import type { MarkingDefinition } from './objects';
import { PAP_MARKINGS, TLP_MARKINGS, type MarkingIds, type PapLevel, type TlpLevel } from './tlp';

/** Date of the four predefined markings (STIX 2.1 section 7.2.1.4). */
const TLP_1_CREATED = '2017-01-20T00:00:00.000Z';
/** Date of OASIS' TLP 2.0 markings. */
const TLP_2_CREATED = '2022-10-01T00:00:00.000Z';
const TLP_2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/** Predefined markings of STIX 2.1; TLP:CLEAR is their `white`. AMBER+STRICT is not among them. */
const TLP_1_NAMES: Readonly<Partial<Record<TlpLevel, string>>> = {
	clear: 'white',
	green: 'green',
	amber: 'amber',
	red: 'red',
};

/**
 * The marking definition of a TLP level.
 * With `opencti` ids (default): the predefined object of STIX 2.1, which OpenCTI resolves, and for AMBER+STRICT the form that
 * OpenCTI itself writes. With `oasis` ids: OASIS' TLP 2.0 objects, which a stock OpenCTI drops without a word.
 */
export function tlpMarking(level: TlpLevel, ids: MarkingIds = 'opencti'): MarkingDefinition {
	const { name, opencti, oasis } = TLP_MARKINGS[level];
	if (ids === 'oasis') {
		return {
			type: 'marking-definition',
			spec_version: '2.1',
			id: oasis,
			created: TLP_2_CREATED,
			name,
			extensions: { [TLP_2_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: level } },
		};
	}
	const predefined = TLP_1_NAMES[level];
	if (predefined === undefined) return openCtiMarking(opencti, 'TLP', name);
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

/** The marking definition of a PAP level, in the form that OpenCTI writes and reads. */
export function papMarking(level: PapLevel): MarkingDefinition {
	const { name, opencti } = PAP_MARKINGS[level];
	return openCtiMarking(opencti, 'PAP', name);
}

function openCtiMarking(id: string, definitionType: string, name: string): MarkingDefinition {
	return {
		type: 'marking-definition',
		spec_version: '2.1',
		id,
		created: TLP_2_CREATED,
		name,
		definition_type: 'statement',
		definition: { statement: 'custom' },
		x_opencti_definition_type: definitionType,
		x_opencti_definition: name,
	};
}
