import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { StixObject } from '../../../lib/stix';

/** OASIS' JSON schemas of STIX 2.1, where they lie beside the repository. */
const FOLDER = join(__dirname, '../../../../shared/data/stix-2.1-schemas');

export const hasSchemas = existsSync(join(FOLDER, 'common/core.json'));

/** OpenCTI's observables have no schema but that of all observables. */
const ANY_OBSERVABLE = 'cyber-observable-core';

function load(): Ajv2020 {
	// Their expressions escape characters that the `u` flag forbids to escape, and name keywords that are no types.
	const ajv = new Ajv2020({ strict: false, unicodeRegExp: false, allErrors: true });
	addFormats(ajv);
	ajv.addFormat(
		'idn-hostname',
		(name: string) => domainToASCII(name) !== '' && name.split('.').every((label) => label.length <= 63),
	);
	// Narrower than the addr-spec that STIX 2.1 section 6.5 asks for; our own rules know it whole.
	ajv.addFormat('email', true);
	for (const folder of ['common', 'observables', 'sdos', 'sros']) {
		for (const name of readdirSync(join(FOLDER, folder))) {
			ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, folder, name), 'utf8')) as object);
		}
	}
	return ajv;
}

let ajv: Ajv2020 | undefined;
const validators = new Map<string, ValidateFunction>();

function validatorOf(type: string): ValidateFunction {
	const known = validators.get(type);
	if (known !== undefined) return known;
	ajv ??= load();
	const base = 'http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas';
	const validate = ['observables', 'sdos', 'sros', 'common']
		.map((folder) => ajv?.getSchema(`${base}/${folder}/${type}.json`))
		.find((found) => found !== undefined);
	if (validate === undefined) return validatorOf(ANY_OBSERVABLE);
	validators.set(type, validate);
	return validate;
}

/** What OASIS' schemas find wrong with the objects of a bundle. */
export function schemaProblemsOf(objects: readonly StixObject[]): string[] {
	return objects.flatMap((object) => {
		const validate = validatorOf(object.type);
		const { id } = object;
		if (validate(object)) return [];
		return (validate.errors ?? []).map((error) => `${id}${error.instancePath}: ${error.message ?? ''}`);
	});
}
