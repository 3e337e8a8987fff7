import { randomBytes } from 'node:crypto';
import { ask, type Target } from './plain';
import { rulesOf } from './rules';
import { platformSuite } from './suite';

// `npm run test:opencti`, with the address and a token of a platform that may be thrown away: the suite makes reports, cases, markings of
// objects, drafts and works there, and leaves them. docs/development.md says what its user needs.
const { OPENCTI_TEST_URL: url, OPENCTI_TEST_TOKEN: token } = process.env;

if (url === undefined || token === undefined || url === '' || token === '') {
	describe.skip('a live OpenCTI: set OPENCTI_TEST_URL and OPENCTI_TEST_TOKEN to run the suite against one', () => {
		it('every operation of the library and of the node, twice', () => {});
	});
} else {
	describe(`the live OpenCTI at ${url}`, () => {
		const target: Target = {
			url: url.endsWith('/') ? url.slice(0, -1) : url,
			token,
			version: '',
			run: `r${randomBytes(5).toString('hex')}`,
		};
		jest.setTimeout(300_000);

		beforeAll(async () => {
			const { data, errors } = await ask<{ about: { version: string } }>(target, '{ about { version } }');
			if (data?.about === undefined) throw new Error(`No OpenCTI at ${url}: ${JSON.stringify(errors)}`);
			target.version = data.about.version;
		});

		it('keeps the rules that the lab keeps', async () => {
			const broken: string[] = [];
			for (const rule of rulesOf(target.version)) {
				try {
					await rule.holds({ ...target, run: `${target.run}${broken.length}` });
				} catch (error) {
					broken.push(`${rule.name}: ${(error as Error).message}`);
				}
			}
			expect(broken).toEqual([]);
		});

		platformSuite(() => target);
	});
}
