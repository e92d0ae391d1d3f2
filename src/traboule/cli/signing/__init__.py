"""Commands about who acts: sign in and out, keep the people of the desk."""
