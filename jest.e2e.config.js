'use strict';

/** The suites that need a whole n8n: `npm run e2e`. One at a time; each starts what it needs. */
module.exports = {
	...require('./jest.config.js'),
	roots: ['<rootDir>/test/e2e'],
	testMatch: ['**/*.e2e.ts'],
	// They need Node-RED, and no n8n.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/nodeRed/'],
	globalSetup: '<rootDir>/test/e2e/installN8n.ts',
	maxWorkers: 1,
	testTimeout: 180_000,
};
