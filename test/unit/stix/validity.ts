import type { Bundle } from '../../../lib/stix';
import { hasSchemas, schemaProblemsOf } from './schemas';
import { problemsOf } from './validator';

/** Expects a bundle to be valid by our own rules and, where they are present, by OASIS' schemas. */
export function expectValid(bundle: Bundle, options: Parameters<typeof problemsOf>[1] = {}): void {
	expect(problemsOf(bundle, options)).toEqual([]);
	// Always one single-element list fails OASIS' schema, which contradicts the specification's prose.
	if (hasSchemas && options.headerLists !== true) expect(schemaProblemsOf(bundle.objects)).toEqual([]);
}
