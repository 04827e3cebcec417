export const emptyForm = { values: { email: "", password: "" }, errors: {} };

export function reduceSignup(form, action) {
  switch (action.type) {
    case "changed":
      return { ...form, values: { ...form.values, [action.field]: action.value } };
    case "submitted":
      return { ...form, errors: validate(form.values) };
    default:
      throw new Error(`unknown action ${action.type}`);
  }
}

export function canSubmit({ errors }) {
  return Object.keys(errors).length === 0;
}

function validate({ email, password }) {
  const errors = {};
  if (!/^\S+@\S+\.\S+$/.test(email.trim())) errors.email = "This is not an e-mail address.";
  if (password.length < 10) errors.password = "Use ten characters or more.";
  return errors;
}
