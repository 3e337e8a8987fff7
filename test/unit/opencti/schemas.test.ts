import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildClientSchema, parse, validate, type GraphQLSchema } from 'graphql';
import * as openCtiDocuments from '../../../lib/opencti/documents';
import type { OpenCtiDocument } from '../../../lib/opencti/documents';
import { labSchema, type LabVersion } from '../../lab/opencti';

const documents = Object.values<unknown>(openCtiDocuments).filter(
	(value): value is OpenCtiDocument<never, unknown> => typeof value === 'object' && value !== null && 'text' in value,
);
const folder = resolve(__dirname, '../../../../shared/data');
const files = existsSync(folder)
	? readdirSync(folder).filter((name) => /^opencti-.*\.introspection\.json$/.test(name))
	: [];

const olderThan = (version: string, since: string | undefined) => {
	const [have, want] = [version, since ?? '0'].map((text) => text.split('.').map(Number));
	const at = want!.findIndex((part, index) => part !== (have![index] ?? 0));
	return at >= 0 && (have![at] ?? 0) < want![at]!;
};

function problems(schema: GraphQLSchema, version: string): string[] {
	return documents
		.filter(({ since }) => !olderThan(version, since))
		.flatMap(({ name, text }) => validate(schema, parse(text)).map((error) => `${name}: ${error.message}`));
}

it('every document has a name of its own and belongs to one operation', () => {
	expect(documents.length).toBeGreaterThan(15);
	expect(new Set(documents.map(({ name }) => name)).size).toBe(documents.length);
	for (const { text, name } of documents) {
		const { definitions } = parse(text);
		expect(definitions).toHaveLength(1);
		expect(definitions[0]).toMatchObject({ kind: 'OperationDefinition', name: { value: name } });
	}
});

test.each<LabVersion>(['6.1.1', '6.4.0', '6.8.10', '6.9.17', '7.260817.0'])(
	"every document is valid on the lab's %s",
	(version) => {
		expect(problems(labSchema(version), version)).toEqual([]);
	},
);

if (files.length === 0) {
	it("the platform's own schemas are absent: documents were validated against the lab's schema only", () => {
		process.stdout.write(
			`No opencti-*.introspection.json beside the repository: nothing to validate the documents against but the lab.\n`,
		);
		expect(documents.length).toBeGreaterThan(0);
	});
} else {
	it("the platform's schemas of three versions are there", () => {
		expect(files.length).toBeGreaterThanOrEqual(3);
	});
	it.each(files)('every document is valid on the platform, %s', (name) => {
		const version = /opencti-([\d.]+?)\.introspection/.exec(name)![1]!;
		const introspection = JSON.parse(readFileSync(join(folder, name), 'utf8'));
		expect(problems(buildClientSchema(introspection.data ?? introspection), version)).toEqual([]);
	});
}
