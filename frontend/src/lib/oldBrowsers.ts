/** What the oldest browser we serve (Chrome 85) lacks and our libraries use. */
if (!('hasOwn' in Object)) {
  Object.defineProperty(Object, 'hasOwn', {
    configurable: true,
    writable: true,
    value: (object: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(object, key),
  })
}

export {}
