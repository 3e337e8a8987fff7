export * from './document';
export * from './session';
export * from './references';
export * from './containers';
export * from './files';
export * from './objects';
export * from './bundles';
