import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

const examples = readdirSync(join(root, 'examples'))
	.filter((name) => name.endsWith('.json'))
	.map((name) => name.slice(0, -'.json'.length));

describe('every example workflow', () => {
	it.each(examples)('%s has a test of its own, a guide, and a row in the README', (name) => {
		const test = join(root, 'test', 'engine', `${name}.test.ts`);
		expect(readFileSync(test, 'utf8')).toContain(`exampleWorkflow('${name}')`);
		expect(existsSync(join(root, 'docs', 'guides', `${name}.md`))).toBe(true);
		expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`(examples/${name}.json)`);
	});
});
