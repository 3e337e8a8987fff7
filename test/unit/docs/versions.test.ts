import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLObjectType } from 'graphql';
import { labSchema } from '../../lab/opencti';

// From which version on OpenCTI has what the pack uses of it: the pages say what its schemas say.

const page = readFileSync(join(__dirname, '../../../docs/opencti.md'), 'utf8').replace(/\s+/g, ' ');
const mutation = (version: string, name: string) =>
	(labSchema(version).getType('Mutation') as GraphQLObjectType).getFields()[name];
const hasWork = (version: string) =>
	mutation(version, 'stixBundlePush')?.args.some(({ name }) => name === 'work_id') === true;

it('the queue, from 6.2.6 on', () => {
	expect(['6.2.5', '6.2.6'].map((version) => mutation(version, 'stixBundlePush') !== undefined)).toEqual([false, true]);
	expect(page).toMatch(/queued as from a registered connector, with a work\. OpenCTI 6\.2\.6 or later/);
});

it('the work of what is queued, from 6.5.7 on', () => {
	expect(['6.5.6', '6.5.7'].map(hasWork)).toEqual([false, true]);
	expect(page).toContain('with a work ID from 6.5.7 on');
});

it('drafts, from 6.6 on', () => {
	expect(page).toMatch(/Drafts need OpenCTI 6\.6 or later; on 6\.4 and 6\.5 an administrator must switch them on/);
});
