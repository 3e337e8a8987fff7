'use strict';

/** The suites that need a whole Node-RED and a browser: `npm run e2e:node-red`. */
module.exports = {
	...require('./jest.e2e.config.js'),
	roots: ['<rootDir>/test/e2e/nodeRed'],
	testPathIgnorePatterns: ['/node_modules/'],
	globalSetup: '<rootDir>/test/e2e/nodeRed/install.ts',
};
