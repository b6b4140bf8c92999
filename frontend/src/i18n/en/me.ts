export default {
  me: {
    posts: 'My posts',
    password: {
      title: 'Change password',
      submit: 'Change password',
    },
    totp: {
      title: 'Sign-in with a one-time code',
      on: 'On. Signing in asks for the 6 digits of your phone’s authenticator as well as the password.',
      off: 'Off. Once on, nobody gets in by knowing your password alone.',
      begin: 'Turn on',
      scan: 'Scan the code with the authenticator on your phone, then enter the 6 digits it shows.',
      secret: 'If you cannot scan, type this key: {secret}',
      code: '6 digits',
      confirm: 'Confirm',
      enabled: 'One-time codes are on.',
      disable: 'Turn off',
      disableAsk: 'Turning it off needs your password',
      disabled: 'One-time codes are off.',
      qr: 'Code for the authenticator',
    },
    sessions: {
      title: 'Signed-in devices',
      why: 'If you do not recognise one, or forgot to sign out on a shared computer, sign it out here.',
      current: 'This device',
      seen: 'Last used {time}',
      revoke: 'Sign it out',
      revoked: 'The device has been signed out.',
    },
    language: 'Language',
  },
} as const
