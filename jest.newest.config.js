'use strict';

/** What `npm run e2e:newest` runs against the newest n8n: a short part of the suites that need a whole n8n. */
module.exports = {
	...require('./jest.e2e.config.js'),
	testMatch: ['editorNodes', 'fiveNodes', 'workflows', 'asInN8n3'].map((name) => `**/${name}.e2e.ts`),
};
