import { isRecord } from '../json';

/** Levels of the Traffic Light Protocol, version 2.0 (FIRST). */
export type TlpLevel = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';
/** Levels of the Permissible Actions Protocol. */
export type PapLevel = 'clear' | 'green' | 'amber' | 'red';
/** Whose marking objects are referenced: those that a stock OpenCTI resolves, or OASIS' TLP 2.0 objects. */
export type MarkingIds = 'opencti' | 'oasis';

/** One level: what it is called, how strict it is, and under which ids it is known. */
export interface MarkingLevel {
	/** OpenCTI's `definition`. */
	name: string;
	/** OpenCTI's `x_opencti_order`: the higher, the stricter. */
	order: number;
	/** Of the label in user interfaces. */
	color: string;
	/** Resolves on a stock OpenCTI; the four of TLP 1 are those of STIX 2.1 section 7.2.1.4. */
	opencti: string;
	/** OASIS' TLP 2.0 object (extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d). */
	oasis: string;
}

/** TLP 2.0 by level. `TLP_MARKINGS['amber+strict'].opencti` is the id of the marking definition. */
export const TLP_MARKINGS: Readonly<Record<TlpLevel, MarkingLevel>> = {
	clear: {
		name: 'TLP:CLEAR',
		order: 1,
		color: '#ffffff',
		opencti: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
		oasis: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
	},
	green: {
		name: 'TLP:GREEN',
		order: 2,
		color: '#2e7d32',
		opencti: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
		oasis: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
	},
	amber: {
		name: 'TLP:AMBER',
		order: 3,
		color: '#d84315',
		opencti: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
		oasis: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
	},
	'amber+strict': {
		name: 'TLP:AMBER+STRICT',
		order: 4,
		color: '#d84315',
		opencti: 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37',
		oasis: 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
	},
	red: {
		name: 'TLP:RED',
		order: 5,
		color: '#c62828',
		opencti: 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
		oasis: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
	},
};

/** PAP by level, as a stock OpenCTI seeds it. OASIS has no objects for it: both ids are the same. */
export const PAP_MARKINGS: Readonly<Record<PapLevel, MarkingLevel>> = {
	clear: pap('PAP:CLEAR', 1, '#ffffff', '4cdff7eb-acb8-543f-8573-829eb9fe8b34'),
	green: pap('PAP:GREEN', 2, '#2e7d32', '89484dde-e3d2-547f-a6c6-d14824429eb1'),
	amber: pap('PAP:AMBER', 3, '#d84315', 'a6f20d4d-0360-59b6-ba22-3b48707828b1'),
	red: pap('PAP:RED', 4, '#c62828', '4e4e3b84-de45-53df-9d9b-b21207699fd8'),
};

function pap(name: string, order: number, color: string, uuid: string): MarkingLevel {
	const id = `marking-definition--${uuid}`;
	return { name, order, color, opencti: id, oasis: id };
}

/** Under which OASIS defines TLP 2.0 (`tlp_2_0`). */
export const TLP_2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/**
 * OpenCTI's id of a level of TLP or PAP that was given as its own pair (`TLP`, `TLP:AMBER`), as STIX writes it (`tlp`,
 * `{tlp: 'amber'}`), in OASIS' extension, or as a statement that is nothing but its name (`{statement: 'PAP:AMBER'}`).
 */
export function levelIdOf(values: Readonly<Record<string, unknown>>): string | undefined {
	const name = nameIn(values).trim().toUpperCase().replace('TLP:WHITE', 'TLP:CLEAR');
	return LEVELS.find((level) => level.name === name)?.opencti;
}

const LEVELS = [...Object.values(TLP_MARKINGS), ...Object.values(PAP_MARKINGS)];

function nameIn(values: Readonly<Record<string, unknown>>): string {
	const definition = values.x_opencti_definition ?? values.definition;
	if (typeof definition === 'string') return definition;
	if (isRecord(definition)) {
		const { tlp, statement } = definition;
		if (typeof tlp === 'string') return `TLP:${tlp}`;
		return typeof statement === 'string' ? statement : '';
	}
	const extensions = isRecord(values.extensions) ? values.extensions : {};
	const extension = extensions[TLP_2_EXTENSION];
	return isRecord(extension) ? `TLP:${String(extension.tlp_2_0)}` : '';
}
