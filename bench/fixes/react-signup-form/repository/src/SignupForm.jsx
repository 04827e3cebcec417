import { useReducer } from "react";
import { canSubmit, emptyForm, reduceSignup } from "./signup.js";

export function SignupForm({ onSignup }) {
  const [form, dispatch] = useReducer(reduceSignup, emptyForm);

  function submit(event) {
    event.preventDefault();
    dispatch({ type: "submitted" });
    if (canSubmit(form)) onSignup(form.values);
  }

  return (
    <form onSubmit={submit} noValidate>
      <Field name="email" label="E-mail" form={form} dispatch={dispatch} />
      <Field name="password" label="Password" type="password" form={form} dispatch={dispatch} />
      <button disabled={!canSubmit(form)}>Create account</button>
    </form>
  );
}

function Field({ name, label, type = "text", form, dispatch }) {
  return (
    <label>
      {label}
      <input
        type={type}
        value={form.values[name]}
        onChange={({ target }) => dispatch({ type: "changed", field: name, value: target.value })}
      />
      {form.errors[name] && <p role="alert">{form.errors[name]}</p>}
    </label>
  );
}
